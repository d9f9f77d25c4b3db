package reading_test

import (
	"testing"

	"github.com/atelier-studio/atelier/agents/reading"
)

func TestItems(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]int{
		`[1,2]`: 2, `{"data":[1]}`: 1, `{"data":{"items":[1,2,3]}}`: 3, `{"products":[1,2],"total":9}`: 2,
		`{"a":[1],"b":[2]}`: 0, `"x"`: 0, `{`: 0,
	} {
		if got := len(reading.Items(reading.JSON([]byte(body)))); got != want {
			t.Errorf("%s: %d items, want %d", body, got, want)
		}
	}
	if id := reading.ID(reading.JSON([]byte(`{"product":{"id":12345678901234567890}}`)), "id"); id != "12345678901234567890" {
		t.Error(id)
	}
}
