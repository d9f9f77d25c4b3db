package nodes

// The short forms in which kinds write their examples.

// params makes parameters of names and values in turn.
func params(pairs ...any) map[string]any {
	m := make(map[string]any, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		name, ok := pairs[i].(string)
		if !ok {
			panic("an example's parameter has no name")
		}
		m[name] = pairs[i+1]
	}
	return m
}

// in is an example's input on the port "main"; out its output there.
func in(items ...map[string]any) map[string][]map[string]any { return port("main", items...) }

func out(items ...map[string]any) map[string][]map[string]any { return port("main", items...) }

func port(name string, items ...map[string]any) map[string][]map[string]any {
	if items == nil {
		items = []map[string]any{}
	}
	return map[string][]map[string]any{name: items}
}

// obj is an item's JSON, of names and values in turn.
func obj(pairs ...any) map[string]any { return params(pairs...) }

func list(values ...any) []any { return values }
