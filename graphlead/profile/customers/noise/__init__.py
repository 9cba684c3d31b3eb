"""How noisy each customer is, by four cleaners of Xiong, Pandey, Steinbach and Kumar (2006), Enhancing Data Analysis
with Noise Removal, IEEE TKDE 18(3), and by a vote of three of them."""
