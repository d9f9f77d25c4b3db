package expr

import "math"

// operate applies an operator where JavaScript needs no conversion that could surprise; the rest is errNotNative.
func operate(op string, left, right any) (any, error) {
	switch op {
	case "+":
		return add(left, right)
	case "===", "!==":
		same, err := identical(left, right)
		return same == (op == "==="), err
	case "==", "!=":
		if missing(left) || missing(right) {
			return (missing(left) && missing(right)) == (op == "=="), nil
		}
		if kindOf(left) != kindOf(right) {
			return nil, errNotNative
		}
		same, err := identical(left, right)
		return same == (op == "=="), err
	case "<", ">", "<=", ">=":
		return compare(op, left, right)
	}
	a, ok := asNumber(left)
	b, also := asNumber(right)
	if !ok || !also {
		return nil, errNotNative
	}
	switch op {
	case "-":
		return a - b, nil
	case "*":
		return a * b, nil
	case "/":
		return a / b, nil
	case "%":
		return math.Mod(a, b), nil
	}
	return nil, errNotNative
}

func add(left, right any) (any, error) {
	if a, ok := asNumber(left); ok {
		if b, ok := asNumber(right); ok {
			return a + b, nil
		}
	}
	_, a := left.(string)
	_, b := right.(string)
	if !a && !b {
		return nil, errNotNative
	}
	l, err := toString(left)
	if err != nil {
		return nil, err
	}
	r, err := toString(right)
	if err != nil {
		return nil, err
	}
	if len(l)+len(r) > maxResult {
		return nil, errNotNative
	}
	return l + r, nil
}

// toString converts as JavaScript does in a concatenation; objects are left to the interpreter.
func toString(v any) (string, error) {
	switch v := v.(type) {
	case string:
		return v, nil
	case nil:
		return "null", nil
	case undefined:
		return "undefined", nil
	case bool:
		if v {
			return "true", nil
		}
		return "false", nil
	}
	if f, ok := asNumber(v); ok {
		return number64(f), nil
	}
	return "", errNotNative
}

func identical(left, right any) (bool, error) {
	a, b := kindOf(left), kindOf(right)
	if a != b {
		return false, nil
	}
	switch a {
	case 'n':
		x, _ := asNumber(left)
		y, _ := asNumber(right)
		return x == y, nil
	case 'o':
		return false, errNotNative // objects are compared by identity
	}
	return left == right, nil
}

func compare(op string, left, right any) (any, error) {
	var order int
	a, ok := left.(string)
	b, also := right.(string)
	if ok && also {
		if !ascii(a) || !ascii(b) { // JavaScript orders UTF-16 units
			return nil, errNotNative
		}
		if a < b {
			order = -1
		} else if a > b {
			order = 1
		}
	} else {
		x, ok := asNumber(left)
		y, also := asNumber(right)
		if !ok || !also {
			return nil, errNotNative
		}
		if math.IsNaN(x) || math.IsNaN(y) {
			return false, nil
		}
		if x < y {
			order = -1
		} else if x > y {
			order = 1
		}
	}
	switch op {
	case "<":
		return order < 0, nil
	case ">":
		return order > 0, nil
	case "<=":
		return order <= 0, nil
	}
	return order >= 0, nil
}

// kindOf is the type of a value as JavaScript sees it.
func kindOf(v any) byte {
	switch v.(type) {
	case nil:
		return '0'
	case undefined:
		return 'u'
	case string:
		return 's'
	case bool:
		return 'b'
	}
	if _, ok := asNumber(v); ok {
		return 'n'
	}
	return 'o'
}
