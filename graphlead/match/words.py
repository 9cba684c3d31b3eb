"""Words that mean something in company names and client lists, as data.

Everything here is written as ``normalise.text`` leaves it: lower case, no accents, no punctuation, runs of single
letters joined (``S.à r.l.`` is ``sa rl``, ``L.L.C.`` is ``llc``).
"""

from __future__ import annotations

CLEAR_FORMS = tuple(
    """inc|incorporated|incorporee|corp|corporation|llc|lllp|llp|ltd|lp|pllc|plc|ulc|ltee|ltda|lda|eireli|gmbh|mbh|ggmbh
    |gesmbh|aktiengesellschaft|kgaa|ohg|gbr|partg|partgmbb|sarl|sasu|eurl|selarl|scarl|scrl|bvba|sprl|asbl|vzw
    |oyj|aps|ehf|srl|srls|sapa|slu|slne|kft|zrt|nyrt|sro|spzoo|spolka z ograniczona odpowiedzialnoscia
    |spolka akcyjna|doo|eood|ood|ojsc|pjsc|jsc|uab|pty|pvt|bhd|sdn|pte|tbk|fzco|fze|fzc|dmcc|wll|kabushiki kaisha
    |godo kaisha|yugen kaisha|anonim sirketi|limited sirketi|ltd sti|aktiebolag|aktieselskab|aksjeselskap|anpartsselskab
    |osakeyhtio|naamloze vennootschap|besloten vennootschap|societa per azioni|societa a responsabilita limitata
    |sociedad anonima|sociedad limitada|sociedade anonima|societe anonyme|societe a responsabilite limitee
    |societe par actions simplifiee|limited liability company|limited liability partnership|limited partnership
    |public limited company|private limited|gesellschaft mit beschrankter haftung|sa de cv|sapi de cv|s de rl de cv
    |株式会社|有限会社|合同会社|股份有限公司|有限责任公司|有限公司""".replace("\n", "")
    .replace(" |", "|")
    .replace("    ", "")
    .split("|")
)
"""Legal forms that mean nothing else: dropped wherever they stand."""

TRAILING_FORMS = tuple(
    """co|company|cie|compagnie|limited|limitee|private|public|proprietary|lc|lca|pc|pa|na|nfp|npo|cic|lcc|ag|kg|ug|ev|eg
    |se|sa|sas|sca|scs|snc|sci|gie|nv|bv|vof|cv|cvba|oy|ab|hb|kb|as|asa|ans|ks|is|ivs|hf|spa|sl|sau|sll|sc|scl|cb|sp zoo|sp k
    |spk|spj|sp j|sp|ad|dd|ead|jsc|ooo|oao|zao|pao|ao|tov|ou|sia|rt|bt|kk|gk|yk|pt|pcl|psc|cc|npc|st i|sti|zoo
    |spol sro|vos|as asi|rl|sa rl|sab de cv|de cv|eirl|me|epp|oü|ik""".replace("\n", "")
    .replace(" |", "|")
    .replace("    ", "")
    .split("|")
)
"""Legal forms that are also ordinary words or initials: dropped only at the end of a name."""

LEADING_WORDS = ("the", "pt", "ooo", "oao", "zao", "pao", "ооо", "оао", "зао", "пао", "ао", "тов")

ABBREVIATIONS = {
    word: short
    for short, words in {
        "inc": "incorporated",
        "corp": "corporation",
        "ltd": "limited ltee limitee",
        "co": "company cie compagnie",
        "llc": "lc",
        "plc": "pcl",
        "gmbh": "mbh gesmbh",
        "intl": "international internacional internationale internationaal int",
        "natl": "national",
        "bro": "brothers bros brother gebruder gebr",
        "mfg": "manufacturing manufacturers manufacturer mfrs manufactuing",
        "service": "services svc svcs serv srvs servs",
        "assoc": "association associates assocs assn associate",
        "mt": "mount",
        "mtn": "mountain mountains mtns",
        "st": "saint sainte ste",
        "ft": "fort",
        "mgmt": "management mgt mngmt",
        "dept": "department",
        "univ": "university universitat universite universidad",
        "ctr": "center centre cntr",
        "dist": "distribution distributors distributor distributing distr",
        "eng": "engineering engineers engr",
        "tech": "technology technologies techs technologie",
        "ind": "industries industry industrial inds",
        "ent": "enterprises enterprise entp",
        "sys": "systems system syst",
        "grp": "group groupe gruppe grupo gruppo groep",
        "hldg": "holding holdings hldgs",
        "prop": "properties property",
        "prod": "products product",
        "constr": "construction constructions const",
        "dev": "development developments",
        "env": "environmental",
        "elec": "electric electrical electrics",
        "equip": "equipment eqpt",
        "trans": "transportation transport transports",
        "govt": "government",
        "hosp": "hospital hospitals",
        "inst": "institute institution",
        "lab": "laboratory laboratories labs",
        "pharma": "pharmaceuticals pharmaceutical pharm",
        "fin": "financial finance",
        "ins": "insurance",
        "inv": "investments investment",
        "solution": "solutions",
        "farm": "farms",
        "restaurant": "restaurants",
        "contractor": "contractors contracting",
        "landscape": "landscaping landscapes landscapers",
        "son": "sons sohne fils",
        "n": "north",
        "s": "south",
        "e": "east",
        "w": "west",
        "uk": "united kingdom",
        "jr": "junior",
        "sr": "senior",
        "wm": "william",
        "chas": "charles",
        "geo": "george",
    }.items()
    for word in words.split()
}
"""One way of writing words that are shortened now and then."""

LONG_FORMS = ("limited", "private", "incorporated", "corporation", "company", "aktiengesellschaft")
"""Legal forms long enough to be known with a letter wrong."""

SMALL_WORDS = (
    "and",
    "und",
    "et",
    "y",
    "e",
    "en",
    "og",
    "och",
    "of",
    "de",
    "der",
    "die",
    "das",
    "the",
    "des",
    "du",
)

SISTER_WORDS = tuple(
    sorted(
        set(
            [
                "n",
                "s",
                "e",
                "w",
                "north",
                "south",
                "east",
                "west",
                "northern",
                "southern",
                "eastern",
                "western",
                "northeast",
                "northwest",
                "southeast",
                "southwest",
                "central",
                "midwest",
                "hldg",
                "uk",
                "usa",
                "us",
                "gb",
                "europe",
                "eu",
                "emea",
                "asia",
                "apac",
                "pacific",
                "america",
                "americas",
                "canada",
                "india",
                "ireland",
                "scotland",
                "wales",
                "england",
                "france",
                "germany",
                "deutschland",
                "italia",
                "italy",
                "espana",
                "spain",
                "nederland",
                "china",
                "japan",
                "australia",
                "trust",
                "foundation",
                "fund",
                "pension",
                "trustees",
                "trustee",
                "nominees",
                "ii",
                "iii",
                "iv",
                "vi",
                "vii",
                "viii",
                "ix",
                "xi",
                "xii",
                "one",
                "two",
                "three",
                "four",
                "five",
                "first",
                "second",
                "third",
                "new",
            ]
        )
    )
)
"""Words that tell sister companies apart although they are common."""

CONNECTORS = (
    r"\b(?:d\s?/\s?b\s?/\s?a|dba|d\.b\.a\.?|doing business as|t\s?/\s?a|trading as|t/as|formerly known as|formerly"
    r"|f\s?/\s?k\s?/\s?a|fka|also known as|a\s?/\s?k\s?/\s?a|aka|previously)(?:[^a-z0-9]+|$)|/|;|\|"
)
"""What stands between the names of one company (lower-cased raw text)."""

HEADERS = {
    "name": """name|company|company name|companyname|firm|firm name|firma|firmenname|firmenbezeichnung|unternehmen
    |unternehmensname|customer|customer name|client|client name|clients|customers|kunde|kunden|kundenname|nom|nom client
    |raison sociale|societe|entreprise|denomination|empresa|razon social|nombre|cliente|nome|ragione sociale|azienda
    |denominazione|bedrijf|bedrijfsnaam|naam|klant|klantnaam|virksomhed|kundenavn|navn|bedrift|foretag|namn|kund|yritys
    |nimi|asiakas|nazwa|klient|spolka|organisation|organization|organisation name|organization name|account|account name
    |business|business name|employer|employer name|legal name|entity|entity name|label|supplier|vendor|trade name
    |trading name|registered name|company or organisation|debtor|buyer|partner""",
    "city": """city|town|ort|stadt|ville|ciudad|citta|comune|plaats|woonplaats|stad|by|kommune|municipality|locality
    |poststed|postort|kaupunki|miasto|cidade|localidad|localite|city town|company city|billing city|city name""",
    "region": """region|state|province|provinz|provincia|bundesland|county|canton|kanton|state province|state region|st
    |departement|prefecture|fylke|lan|wojewodztwo|estado|billing state|state code|region code""",
    "postcode": """postcode|post code|postal code|postalcode|zip|zip code|zipcode|plz|postleitzahl|cp|code postal|cap
    |codigo postal|postnummer|postnr|kod pocztowy|postinumero|cep|billing zip|billing postal code""",
    "country": """country|land|pays|pais|paese|staat|nation|country code|kraj|maa|countrycode|billing country|iso country""",
    "address": """address|street|adresse|anschrift|strasse|direccion|domicilio|indirizzo|adres|straat|address1|address 1
    |address line 1|street address|full address|location|adress|osoite|endereco|rue|registered address|billing street|hq""",
    "domain": """domain|website|web|url|homepage|site|web site|webseite|internet|site web|sito|pagina web|email|e mail|mail
    |email address|company website|company domain|webpage|web page""",
    "date": """date|since|won|won on|signed|start|start date|datum|kunde seit|client since|customer since|contract date|closed
    |close date|closed date|won date|date won|fecha|data|depuis|seit|onboarded|signed on|first order|start of contract
    |vertragsbeginn|date signed|first invoice|created|created at|contract start""",
}
"""Column headers, as ``normalise.header`` leaves them, by what they mean."""

ID_WORDS = frozenset(
    [
        "id",
        "ids",
        "no",
        "nr",
        "nummer",
        "number",
        "num",
        "code",
        "key",
        "ref",
        "uid",
        "vat",
        "ust",
        "ustid",
        "lei",
        "duns",
        "siren",
        "siret",
        "kvk",
        "crn",
        "cvr",
        "orgnr",
        "ein",
        "tin",
        "nif",
        "cif",
        "iban",
        "registration",
        "registernummer",
    ]
)

COUNTRIES = {
    name: code
    for code, names in {
        "at": "aut|austria|osterreich|oesterreich",
        "au": "aus|australia",
        "be": "bel|belgium|belgie|belgique|belgien",
        "br": "bra|brazil|brasil",
        "ca": "can|canada",
        "ch": "che|switzerland|schweiz|suisse|svizzera",
        "cn": "chn|china|peoples republic of china",
        "cz": "cze|czechia|czech republic|ceska republika|tschechien",
        "de": "deu|ger|germany|deutschland|allemagne|alemania",
        "dk": "dnk|denmark|danmark|danemark",
        "es": "esp|spain|espana|spanien|espagne",
        "fi": "fin|finland|suomi|finnland",
        "fr": "fra|france|frankreich|francia",
        "gb": "gbr|uk|united kingdom|great britain|england|scotland|wales|northern ireland|grossbritannien",
        "gr": "grc|greece|hellas|griechenland",
        "hk": "hkg|hong kong",
        "hu": "hun|hungary|magyarorszag|ungarn",
        "ie": "irl|ireland|irland|eire",
        "in": "ind|india|indien",
        "it": "ita|italy|italia|italien|italie",
        "jp": "jpn|japan|nippon",
        "lu": "lux|luxembourg|luxemburg",
        "mx": "mex|mexico",
        "nl": "nld|netherlands|the netherlands|nederland|holland|niederlande|pays bas",
        "no": "nor|norway|norge|norwegen",
        "nz": "nzl|new zealand",
        "pl": "pol|poland|polska|polen",
        "pt": "prt|portugal",
        "ro": "rou|romania",
        "ru": "rus|russia|russian federation",
        "se": "swe|sweden|sverige|schweden",
        "sg": "sgp|singapore",
        "sk": "svk|slovakia|slovensko",
        "tr": "tur|turkey|turkiye",
        "us": "usa|united states|united states of america|america|vereinigte staaten",
        "za": "zaf|south africa",
    }.items()
    for name in names.split("|")
}

REGIONS = {
    name: code
    for code, name in (
        entry.split("=")
        for entry in """al=alabama|ak=alaska|az=arizona|ar=arkansas|ca=california|co=colorado|ct=connecticut|de=delaware
    |dc=district of columbia|fl=florida|ga=georgia|hi=hawaii|id=idaho|il=illinois|in=indiana|ia=iowa|ks=kansas
    |ky=kentucky|la=louisiana|me=maine|md=maryland|ma=massachusetts|mi=michigan|mn=minnesota|ms=mississippi
    |mo=missouri|mt=montana|ne=nebraska|nv=nevada|nh=new hampshire|nj=new jersey|nm=new mexico|ny=new york
    |nc=north carolina|nd=north dakota|oh=ohio|ok=oklahoma|or=oregon|pa=pennsylvania|ri=rhode island
    |sc=south carolina|sd=south dakota|tn=tennessee|tx=texas|ut=utah|vt=vermont|va=virginia|wa=washington
    |wv=west virginia|wi=wisconsin|wy=wyoming|pr=puerto rico|on=ontario|qc=quebec|bc=british columbia|ab=alberta
    |mb=manitoba|sk=saskatchewan|ns=nova scotia|nb=new brunswick|nl=newfoundland and labrador
    |pe=prince edward island""".replace("\n", "")
        .replace(" |", "|")
        .replace("    ", "")
        .split("|")
    )
}
"""State and province names of the US and Canada, by postal code."""

FREE_MAIL = frozenset(
    [
        "gmail.com",
        "googlemail.com",
        "yahoo.com",
        "hotmail.com",
        "outlook.com",
        "live.com",
        "aol.com",
        "icloud.com",
        "me.com",
        "msn.com",
        "gmx.de",
        "gmx.net",
        "web.de",
        "t-online.de",
        "orange.fr",
        "wanadoo.fr",
        "free.fr",
        "libero.it",
        "mail.ru",
        "yandex.ru",
        "qq.com",
        "163.com",
        "protonmail.com",
        "comcast.net",
        "verizon.net",
        "att.net",
        "sbcglobal.net",
        "bellsouth.net",
        "btinternet.com",
    ]
)
"""Mail providers: a shared domain there says nothing about the company."""
