package regression

// Compare is compare, for its test.
var Compare = compare
