"""Find names, link mentions to entities, choose surrogates, apply them."""
