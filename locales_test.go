package main_test

import (
	"encoding/json"
	"flag"
	"maps"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/atelier-studio/atelier/engine"
	"github.com/atelier-studio/atelier/engine/nodes"
	"github.com/atelier-studio/atelier/locales"
	"github.com/atelier-studio/atelier/locales/texts"
)

var missing = flag.String("missing", "", "folder into which the texts that catalogues lack are written, a JSON file a language")

// keys are all texts that people see: those of sources, of kinds and of credential types.
func keys(t *testing.T) []string {
	t.Helper()
	all, err := texts.Under(os.DirFS("."), ".ts", ".templ", ".go")
	if err != nil {
		t.Fatal(err)
	}
	add := func(some ...string) { all = append(all, some...) }
	var params func([]engine.Param)
	params = func(list []engine.Param) {
		for _, p := range list {
			add(p.Label, p.Help, p.Placeholder)
			for _, o := range p.Options {
				add(o.Label)
			}
			params(p.Fields)
		}
	}
	failures, err := texts.Errors(os.DirFS("."), said, silent)
	if err != nil {
		t.Fatal(err)
	}
	add(slices.DeleteFunc(failures, func(text string) bool { return inner.MatchString(text) || protocol.MatchString(text) })...)
	for _, k := range nodes.Catalogue(&nodes.Deps{}).Kinds() {
		add(k.Title, k.Group, k.Summary, k.Doc)
		for _, example := range k.Examples {
			add(example.Name)
		}
		params(k.Params)
		for _, p := range slices.Concat(k.Inputs, k.Outputs) {
			add(p.Label)
		}
	}
	for _, one := range nodes.Templates() {
		add(one.Category, one.Title, one.Summary)
		if err := one.Doc.Reword(func(text string) string { add(text); return text }); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range nodes.CredentialTypes() {
		add(c.Title, c.Help)
		params(c.Fields)
	}
	word := regexp.MustCompile(`\pL{2}`)
	all = slices.DeleteFunc(all, func(key string) bool { return !word.MatchString(key) })
	slices.Sort(all)
	return slices.Compact(all)
}

// said are the folders whose errors people see in their language, and silent the files there whose errors only the
// command line and the log show, as are those that begin with what failed ("read the journal of run 7").
var (
	said   = []string{"agents/access", "engine", "engine/expr", "engine/nodes", "engine/sandbox", "auth", "store", "interop", "web", "llm", "rag/evaluate", "rag/site", "rag/split"}
	silent = []string{
		"engine/replay.go", "engine/schedules.go", "engine/encode.go", "engine/nodes/docs.go", "engine/nodes/templates.go", "engine/nodes/nodes.go",
		"engine/sandbox/main_linux.go", "engine/sandbox/landlock_linux.go", "engine/sandbox/seccomp_linux.go", "engine/sandbox/worker.go", "engine/sandbox/machine.go", "engine/sandbox/python.go",
		"auth/masterkey.go", "auth/seal.go", "store/backup.go", "store/restore.go", "store/migrate.go", "store/lock_unix.go", "store/lock_other.go",
		"store/keys.go", "store/foreign.go", "store/db.go", "store/store.go", "store/journal.go", "store/query.go", "store/workflow_search.go", "web/server.go",
		"rag/evaluate/require.go", "rag/evaluate/made.go", "llm/fit.go", "llm/schema.go", "llm/request.go", "llm/price.go", // what a program's author reads: of schemas and requests
	}
	inner = regexp.MustCompile(`^(encode|decode|read|write|make|open|start|prepare|restore|take|journal|schedule of|its workflow|field of type|not native|too heavy|a token needs|a process needs|a user needs|a setting needs|a run needs|[a-z]+: |[\W\d]* (ORDER|AND|WHERE)|(SELECT|UPDATE|INSERT|DELETE) |\$)`)
	// protocol are errors that only a program's author can make, by frames and edits that no page of the studio sends.
	protocol = regexp.MustCompile(`^(%d of %d files imported|%s: (%d entries|%q )|a change of a text|a code node runs|a comment has 1|a file's hash|a frame must|a loop is fed|a move needs|a new part|` +
		`a node needs an id|a note has no text|a part of a text's|a presence|a run was started|a test address|a test cannot compare|a thread is about|a value of type|a workflow's id|a workspace's id|an answer cannot|` +
		`An edit|an edit needs|An Idempotency|cannot be given|choice must|client has|edit %d of|frames are|Give either|it has %d comments|must be|no workspace was|one page can|Only a PDF|only a set, a move|only the result of|` +
		`Revisions count|Send a form|the choice must|the edit is of|the edit %d|The form has|The form cannot|the id of a node|the input of|the kind %s|the lines of a text|the nodes of a group|the parameter %q is not|` +
		`the place of a comment|the presence|The query|the run %s ended|the run has ended|the run to take|the stored password|the test %q has no id|the value with which|there is a (run|session|workflow|workspace) with|` +
		`there is already|there is no (database driver|drawing of|format|method|mode|operation|paging|part|role|such edit|such frame|such user|text called|type of|unit|body|algorithm)|there is nothing called|there is such|thread %d|this edit was|two changes|two schedules|two tests|two %s|wait must|` +
		`What is to be done|which |the JavaScript interpreter is closed|the file of the answer|There is no such file|There is no type of|There is no template)`)
)

// verb is the place of a value in a format, in a translation perhaps with the number of the value.
var verb = regexp.MustCompile(`%(?:\[(\d+)\])?[-+#0]*\d*(?:\.\d+)?([a-zA-Z])`)

// verbs are the values of a format, in the order in which they are given.
func verbs(text string) []string {
	var list []string
	for i, found := range verb.FindAllStringSubmatch(text, -1) {
		at := strconv.Itoa(i + 1)
		if found[1] != "" {
			at = found[1]
		}
		list = append(list, at+found[2])
	}
	slices.Sort(list)
	return list
}

var place = regexp.MustCompile(`\{\w+\}`)

// places are the named places of a text, sorted.
func places(text string) []string { return slices.Sorted(slices.Values(place.FindAllString(text, -1))) }

func TestCatalogues(t *testing.T) {
	t.Parallel()
	all := keys(t)
	if len(all) < 500 {
		t.Fatalf("only %d texts were found: the search for them is broken", len(all))
	}
	for _, l := range locales.All[1:] {
		words := locales.Words(l.Language)
		lacking := map[string]string{}
		for _, key := range all {
			said, ok := words[key]
			switch {
			case !ok:
				lacking[key] = ""
			case strings.TrimSpace(said) == "":
				t.Errorf("%s: %q has no words", l.Language, key)
			case strings.Contains(key, "|") != strings.Contains(said, "|") && l.Language != locales.Chinese && strings.Contains(key, "{n}"):
				t.Errorf("%s: %q has one form only", l.Language, key)
			case !strings.Contains(key, "|") && !slices.Equal(places(key), places(said)):
				t.Errorf("%s: the places of %q and %q differ", l.Language, key, said)
			case !slices.Equal(verbs(key), verbs(said)):
				t.Errorf("%s: the values of %q and %q differ", l.Language, key, said)
			}
		}
		if len(lacking) > 0 {
			t.Errorf("%s lacks %d of %d texts, such as %q", l.Language, len(lacking), len(all), slices.Sorted(maps.Keys(lacking))[0])
			write(t, string(l.Language), lacking)
		}
		for key := range words {
			if _, used := slices.BinarySearch(all, key); !used {
				t.Errorf("%s: nothing says %q any more", l.Language, key)
			}
		}
	}
}

func write(t *testing.T, name string, lacking map[string]string) {
	t.Helper()
	if *missing == "" {
		return
	}
	data, err := json.MarshalIndent(lacking, "", " ")
	if err == nil {
		err = os.WriteFile(*missing+"/"+name+".json", data, 0o600)
	}
	if err != nil {
		t.Error(err)
	}
}
