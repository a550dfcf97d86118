// Lets files of this package declare functions that are defined elsewhere (go:linkname).
