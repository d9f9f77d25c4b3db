package sandbox_test

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"

	"github.com/atelier-studio/atelier/engine/sandbox"
)

// show writes items as their JSON and, after a colon, where they came from.
func show(t testing.TB, items []sandbox.CodeItem) string {
	t.Helper()
	all := make([]map[string]any, len(items))
	from := make([]string, len(items))
	for i, item := range items {
		all[i], from[i] = item.JSON, strconv.Itoa(item.From)
	}
	b, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	return string(b) + ":" + strings.Join(from, ",")
}
