// Everything public, by hand.
