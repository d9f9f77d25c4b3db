package locales_test

import (
	"strings"
	"testing"

	"github.com/atelier-studio/atelier/locales"
)

func TestRetell(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		language    locales.Language
		text, want  string
		description string
	}{
		{locales.German, `there is no node called "New \"order\""`, `es gibt keinen Knoten namens „New "order"“`, "what a person typed stands in the language's quotes"},
		{locales.German, `there is no node called "Save"`, `es gibt keinen Knoten namens „Save“`, "what a person typed is not translated"},
		{locales.French, `There is no node called "A".`, "Il n’y a pas de nœud nommé «\u00a0A\u00a0».", "a sentence stays one"},
		{locales.Chinese, `There is no node called "A".`, "没有名为“A”的节点。", "a full stop of the language"},
		{locales.Chinese, `there is no revision 7 of the workflow "w"; the current one is 9`, "工作流“w”没有修订 7；当前修订为 9", "values in another order"},
		{locales.Spanish, `the workflow "a" could not be started: the workflow cannot run: this must be a number, not "x"`,
			"no se pudo iniciar el flujo «a»: el flujo no se puede ejecutar: esto debe ser un número, no «x»", "errors in errors"},
		{locales.German, "count: this must be a number, not a list of 3", "count: dies muss eine Zahl sein, nicht eine Liste mit 3 Einträgen", "what is before a colon stays"},
		{locales.German, "the file is empty: invalid argument", "die Datei ist leer", "the sort of an error is not said"},
		{locales.German, "dial tcp 10.0.0.1:80: connection refused", "dial tcp 10.0.0.1:80: connection refused", "texts of others stay"},
		{locales.English, "the file is empty", "the file is empty", "English stays"},
		{locales.German, strings.Repeat(": ", 1000), strings.Repeat(": ", 1000), "much that looks like errors in errors is given up"},
		{locales.German, "", "", "nothing"},
	} {
		if got := locales.Retell(row.language, row.text); got != row.want {
			t.Errorf("%s: %s\n got %q\nwant %q", row.description, row.text, got, row.want)
		}
	}
}
