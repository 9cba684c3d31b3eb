"""Words in names and texts that say nothing about a company: function words, legal forms, words of every trade."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graphlead.core.arrays import Flags

FEWEST_LETTERS = 3
"""Shorter words are initials and abbreviations that a reader cannot place."""

_FUNCTION_WORDS = """
aan aber about af after again agli ai al albo algo all alla alle allo als also am among an anche and any ao aos are
around as at att au auch auf aus aux av avec away back be before bei beim between bij bis blev bo both but by can ce
ces che chez chi ci coi col com come comme como con cual cuando cui czy da dagli dai dal dalla dans das dat de degli
dei del della delle dello dem den depuis der des desde det deze di die din dit dla do donde door dos dove down du
durch e each een efter ein eine einem einen einer eines el ela ele ella elle eller elles ellos em en entre er era es
essa esse est esta este estos et ett eu eux every foi for fra fran from fuer fur ge geen get give gli go ha had har
has hasta hat have hay he heb her here het hij him hinter his hoe hos how hun hvad hvor i ich if ihr ik ikke il ils
im in ins inte into io is isso ist isto it its jag jak jako je jego jest just kan la las le lei les let leur leurs
like lo loro los lub lui ma maar mais make many mas may me med mellan men mes met meu mi mij min mit mon more most
mot much must muy my na naar nach nad nada nar nas ne near nei nel nella nem nicht nie niet no noch nog noi non nos
nosotros not notre nous now nu nuestra nuestro num numa nur o ob och od oder of off og ohne om on onder one only ons
ont onze ook op or oraz os oss other otra otro ou our out over own pa par para pas pela pelo per pero piu please
plus po pod por porque pour przez przy qual quale quando que quella quello questa questo qui quoi sa saa same sans
sao se sein sem ser ses seu she si sia sich sie sig sin since sind ska skal so sobre som some son sono sont sous su
sua such sue sugli sui sul sulla suo sur sus ta tak tambien te tem ten ter tes than that the their them then there
these they this those through til till to todo todos toi ton too tot tous tout toute tra tres tym u uber ueber uit
um uma un una und under une uno unser unsere unter until up upp ur us van var veel vers very vi vid voi vom von voor
vor vos votre vous w waar war was wat we wel well were what when where which while who wie wij will wir wird with
within without y ya you your z za zal ze zich zij zijn zu zum zur
"""
_LEGAL_FORMS = """
ab actions ad aktiebolag aktiengesellschaft anonima anonyme ao aps as asa asbl azioni beschrankter besloten bhd bt
bv bvba cic cie co compagnie company corp corporation cv dmcc doo ead eg ehf eingetragene eirl eood epp eurl ev fze
gbr gesellschaft gesmbh ggmbh gie gk gmbh haftung hf inc incorporated incorporee ivs jsc kft kg kgaa kk
kommanditgesellschaft lc lda liability limitada limitata limited limitee llc lllp llp lp ltd ltda ltee mbh naamloze
nv nyrt oao ohg ojsc ood ooo osakeyhtio ou oy oyj pao partg partgmbb partnership pc plc pllc private proprietary psc
pte pty pvt responsabilidad responsabilita responsabilite sapa sarl sas sasu sau sca scarl sci scrl scs sdn se
selarl sia simplifiee sl slu snc sociedad sociedade societa societe sp spa spk spolka sprl spzoo srl srls sro sti
stiftung tbk tov uab ug ulc unlimited vennootschap verein vof vos vzw wll zao zoo zrt
"""
_OF_EVERY_TRADE = """
enterprise enterprises firm groep group groupe grupo gruppe gruppo holding holdings internacional international
internationale service services servicios servizi solution solutions
"""
_WORDS = sorted({*_FUNCTION_WORDS.split(), *_LEGAL_FORMS.split(), *_OF_EVERY_TRADE.split()})


def meaningful(words: pa.Array) -> Flags:
    """Flags (k,): the words, lower case and without accents, that say something; no numbers, no serial numbers."""
    empty = pc.or_(
        pc.is_in(words, value_set=pa.array(_WORDS)),
        pc.or_(pc.match_substring_regex(words, "[0-9]"), pc.less(pc.utf8_length(words), FEWEST_LETTERS)),
    )
    return ~np.asarray(empty.to_numpy(zero_copy_only=False), bool)
