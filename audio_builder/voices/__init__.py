"""The voices: their profiles, their files and the engines that speak them."""
