package nodes_test

import (
	"os"
	"strings"
	"testing"
)

// spriteIcons reads the names of the icons that the pages carry.
func spriteIcons(t *testing.T) map[string]bool {
	t.Helper()
	data, err := os.ReadFile("../../assets/src/icons.txt")
	must(t, err)
	icons := map[string]bool{}
	for line := range strings.Lines(string(data)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		for name := range strings.FieldsSeq(line) {
			icons[name] = true
		}
	}
	return icons
}
