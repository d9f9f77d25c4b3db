package discover_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/atelier-studio/atelier/agents/discover"
)

// A page of many forms, each with many fields that have labels, and values that go along with all of them.
func TestManyFields(t *testing.T) {
	t.Parallel()
	var page strings.Builder
	page.WriteString("<title>Forms</title><label>")
	for i := range 40 {
		fmt.Fprintf(&page, "<form method=post action=/do-%c%c id=f%d><input type=hidden name=state value=%s>", 'a'+i%26, 'a'+i/26, i, strings.Repeat("x", 20000))
		for j := range 100 {
			fmt.Fprintf(&page, "<label for=x%d-%d>Label %d</label><input id=x%d-%d name=n%d>", i, j, j, i, j, j)
		}
		page.WriteString("</form>")
	}
	server, _ := serve(t, map[string]string{"/": page.String()})
	s := surfaceOf(t, server, discover.Options{})
	if len(s.Forms) != 40 || s.Forms[3].Fields[2].Label != "Label 1" {
		t.Errorf("%d forms", len(s.Forms))
	}
	if len(s.Inputs) != 500 {
		t.Errorf("%d inputs", len(s.Inputs))
	}
	said := false
	for _, u := range s.Unseen {
		said = said || strings.Contains(u.Reason, "500 fields")
	}
	if !said {
		t.Errorf("nothing says that fields were left out: %+v", s.Unseen)
	}
}
