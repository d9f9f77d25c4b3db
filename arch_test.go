package main_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/atelier-studio/atelier"

// mayImport says which of our packages each package may import, and why the line is drawn there. A package that is not
// listed fails the test: decide where it belongs.
var mayImport = map[string]struct {
	ours []string
	why  string
}{
	"engine/expr":    {nil, "expressions know nothing but the scope they are given"},
	"engine/sandbox": {[]string{"engine/expr"}, "cages run what expressions and code nodes give them"},
	"engine":         {[]string{"engine/expr"}, "the engine is a domain: no SQL, no HTTP, no kinds"},
	"auth":           {nil, "access decisions depend on nothing that could be wrong elsewhere"},
	"llm":            {nil, "models are asked by all and know none of what they are asked for"},
	"llm/llmtest":    {nil, "a provider for tests, which no other file may import"},
	"live":           {nil, "the bus carries bytes and does not know what they mean"},
	"ops":            {nil, "metrics and logs are used by all, so they use none"},
	"assets":         {nil, "built files"},
	"locales":        {nil, "texts in people's languages, for pages and messages alike"},
	"locales/texts":  {nil, "it reads sources"},
	"assets/build":   {[]string{"locales/texts"}, "the bundler runs before anything else exists"},
	"interop":        {[]string{"engine", "engine/expr"}, "importing a file must not be able to run it"},
	"engine/nodes":   {[]string{"agents", "agents/campaign", "agents/desk", "engine", "engine/expr", "engine/sandbox", "llm", "ops", "rag", "rag/library"}, "kinds reach the world through Deps, never through the store"},
	"store":          {[]string{"agents", "agents/campaign", "agents/desk", "engine", "auth", "llm", "rag", "rag/evaluate", "rag/library", "rag/read", "rag/site", "rag/split", "rag/talk"}, "the store knows the domains, no domain knows the store"},
	"views":          {[]string{"agents", "agents/access", "agents/campaign", "agents/desk", "agents/explore", "agents/journey", "agents/surface", "agents/wire", "assets", "locales", "engine", "auth", "interop", "llm", "rag", "rag/evaluate", "rag/library", "rag/site", "rag/split", "rag/talk"}, "pages show the domains' types and decide nothing"},
	"web":            {[]string{"agents", "agents/access", "agents/campaign", "agents/desk", "agents/journey", "agents/surface", "agents/wire", "engine", "engine/expr", "auth", "live", "ops", "assets", "locales", "interop", "llm", "rag", "rag/evaluate", "rag/library", "rag/read", "rag/site", "rag/split", "rag/talk", "store", "views"}, "the edge knows all below, but not the kinds: what it shows of them comes from their specs"},
	"":               {[]string{"agents", "agents/access", "agents/browser", "agents/campaign", "agents/desk", "agents/explore", "agents/firefox", "agents/journey", "agents/probes", "agents/report", "agents/wire", "engine", "llm", "rag", "rag/embed", "rag/evaluate", "rag/library", "rag/read", "rag/read/cage", "rag/site", "engine/nodes", "engine/sandbox", "auth", "live", "ops", "interop", "store", "web"}, "main wires"},
	"bench/compare":  {nil, "it starts programs and asks them over HTTP"},
	"bench/rooms":    {[]string{"live"}, "it measures the hub beside others, and is a module of its own for what it needs of them"},
	"bench/registry": {[]string{"auth", "engine", "rag", "rag/library", "rag/read", "store", "web"}, "it measures the search over HTTP, as a studio of its own"},
	"bench/stats":    {nil, "it reads files"},

	"bench/personas":  {[]string{"agents", "agents/browser", "agents/campaign", "agents/probes", "agents/targets", "agents/targets/shop"}, "it measures campaigns on the shop, each in a process of its own"},
	"bench/documents": {[]string{"auth", "rag", "rag/embed", "rag/library", "rag/read", "rag/read/cage", "rag/vector", "store"}, "it takes documents in and searches them, without the server"},

	"rag/simd":          {nil, "arithmetic"},
	"rag/embed":         {[]string{"rag/simd"}, "an embedder turns texts into numbers and knows no index"},
	"rag/vector":        {[]string{"rag/simd"}, "an index knows numbers and ids, not what they stand for"},
	"rag/embed/convert": {nil, "it makes the files that the embedder carries, and is not in the binary"},
	"rag/lexical":       {nil, "words know nothing of vectors"},
	"rag/read":          {nil, "strangers' files are read by code that can reach nothing"},
	"rag/site":          {[]string{"rag/read"}, "strangers' sites are read by code that knows no store; what it may reach is its client's to say"},
	"rag/read/cage":     {[]string{"rag/read"}, "it reads in another process what the readers read"},
	"rag/split":         {[]string{"rag/read"}, "it cuts what was read"},
	"rag":               {[]string{"llm", "rag/lexical", "rag/read", "rag/split"}, "answers need words, vectors and models, and no store"},
	"rag/evaluate":      {[]string{"llm", "rag", "rag/library", "rag/split"}, "measures searches, and knows no store"},
	"rag/talk":          {[]string{"rag"}, "what was asked and answered, as it is kept"},
	"rag/library":       {[]string{"rag", "rag/lexical", "rag/read", "rag/split", "rag/vector"}, "documents are kept by a store that it knows by small interfaces"},

	"agents/access":              {nil, "a table of roles is data, and knows nobody who tries it"},
	"agents/firefox":             {nil, "it opens pages and reads them, and compares nothing"},
	"agents/wire":                {nil, "it reaches the target and nothing else, so it knows nothing else"},
	"agents/axe":                 {[]string{"agents/browser"}, "it runs somebody else's rules in a tab, and decides nothing"},
	"agents/browser":             {[]string{"agents/wire"}, "a browser knows no probe"},
	"agents/browser/browsertest": {[]string{"agents/browser", "agents/wire"}, "tests start a browser with it, and nothing else imports it"},
	"agents/claim":               {[]string{"agents/browser", "agents/journey", "agents/openapi", "agents/wire"}, "it tries what was claimed, and knows nobody who claims"},
	"agents/explore":             {[]string{"agents", "agents/browser", "agents/claim", "agents/journey", "agents/openapi", "agents/surface", "agents/wire"}, "it asks a model that it knows by a small interface, and judges nothing"},
	"agents/journey":             {[]string{"agents/browser"}, "it goes the ways that people declared, and knows no probe"},
	"agents/reading":             {[]string{"agents/wire"}, "it reads what came, and asks for nothing"},
	"agents/surface":             {[]string{"agents/wire"}, "what was discovered is data"},
	"agents/openapi":             {[]string{"agents/wire"}, "it reads a description and makes requests of it"},
	"agents/door":                {[]string{"agents", "agents/discover", "agents/similar", "agents/surface", "agents/wire"}, "it tries how people get in, and judges nothing"},
	"agents/resource":            {[]string{"agents", "agents/discover", "agents/openapi", "agents/reading", "agents/surface", "agents/wire"}, "it makes objects of a target and takes them away, and judges nothing"},
	"agents/probes":              {[]string{"agents", "agents/probes/*"}, "it lists the probes"},
	"agents/layout":              {[]string{"agents", "agents/browser", "agents/pages", "agents/surface"}, "it measures pages, and decides nothing"},
	"agents/operate":             {[]string{"agents", "agents/axe", "agents/browser", "agents/pages", "agents/surface"}, "it uses pages as people do, and decides nothing"},
	"agents/pages":               {[]string{"agents", "agents/browser", "agents/discover", "agents/reading", "agents/surface"}, "it says which pages are looked at, for probes that look at what people see"},
	"agents/probes/*":            {[]string{"agents", "agents/access", "agents/axe", "agents/browser", "agents/callback", "agents/claim", "agents/discover", "agents/door", "agents/explore", "agents/firefox", "agents/journey", "agents/layout", "agents/loadgen", "agents/openapi", "agents/operate", "agents/pages", "agents/reading", "agents/resource", "agents/similar", "agents/stopwatch", "agents/surface", "agents/wire"}, "a probe reaches the target through its lab, and knows no other persona's probes"},
	"agents/probes/try":          {[]string{"agents", "agents/access", "agents/browser", "agents/campaign", "agents/explore", "agents/firefox", "agents/journey"}, "tests run probes with it, and nothing else imports it"},
	"agents/targets":             {[]string{"agents", "agents/access", "agents/campaign", "agents/surface"}, "it scores a campaign against what was planted"},
	"agents/targets/shop":        {nil, "a target knows nothing of what tests it"},
	"agents/targets/serve":       {[]string{"agents/targets/shop"}, "it serves the shop to whoever wants to look at it"},
	"agents/report":              {[]string{"agents", "agents/access", "agents/campaign", "agents/surface", "agents/wire", "locales"}, "it tells of a result, and tests nothing"},
	"agents/similar":             {[]string{"agents/wire"}, "it compares answers"},
	"agents/callback":            {nil, "it listens, and knows nobody who makes a target call"},
	"agents/campaign":            {[]string{"agents", "agents/access", "agents/browser", "agents/callback", "agents/claim", "agents/discover", "agents/door", "agents/explore", "agents/firefox", "agents/journey", "agents/reading", "agents/surface", "agents/wire"}, "pool and coordinator take probes as values and know none"},
	"agents/desk":                {[]string{"agents", "agents/campaign", "agents/explore", "agents/journey", "agents/wire"}, "campaigns are kept by a store that it knows by a small interface"},
	"agents":                     {[]string{"agents/browser", "agents/claim", "agents/firefox", "agents/journey", "agents/surface", "agents/wire", "llm"}, "the words of testing: no store, no HTTP server, no probe of its own"},
	"agents/discover":            {[]string{"agents/browser", "agents/openapi", "agents/reading", "agents/surface", "agents/wire"}, "what finds a surface knows no probe"},
	"agents/loadgen":             {[]string{"agents/wire"}, "it sends by a schedule, and knows nobody who draws conclusions"},
	"agents/stopwatch":           {nil, "it measures what it is given"},

	"agents/probes/compat/generate": {nil, "it makes the list of features, and is not in the binary"},

	"bench": {[]string{"engine", "engine/nodes", "engine/sandbox", "store", "auth"}, "comparisons start the real parts"},
}

// onlyIn says where a third party's package may be imported.
var onlyIn = map[string]struct {
	where []string
	why   string
}{
	"database/sql":                     {[]string{"store", "agents/targets/shop"}, "SQL lives in the store"},
	"modernc.org/sqlite":               {[]string{"store", "agents/targets/shop"}, "drivers live in the store"},
	"github.com/jackc/pgx/v5":          {[]string{"store"}, "drivers live in the store"},
	"github.com/labstack/echo/v4":      {[]string{"web"}, "HTTP lives at the edge"},
	"github.com/gorilla/websocket":     {[]string{"web", "bench/rooms", "agents/firefox", "agents/targets/shop"}, "HTTP lives at the edge"},
	"github.com/redis/go-redis/v9":     {[]string{"live"}, "the bus is what replicas share"},
	"github.com/a-h/templ":             {[]string{"agents/report", "views", "web"}, "pages live in views; web renders them; a report is a page without a studio"},
	"github.com/prometheus":            {[]string{"ops"}, "one registry, owned by ops"},
	"modernc.org/quickjs":              {[]string{"engine/sandbox"}, "one cage for JavaScript"},
	"github.com/anthropics":            {[]string{"llm"}, "providers' kits stay behind llm.Model"},
	"github.com/modelcontextprotocol":  {[]string{"web", "engine/nodes"}, "the protocol is spoken at the edge, and by the kinds that call its servers"},
	"github.com/evanw/esbuild/pkg/api": {[]string{"assets/build"}, "a build tool, not in the binary"},
	"gonum.org/v1/gonum":               {[]string{"rag/embed"}, "linear algebra is for the latent semantic analysis"},
	"github.com/chromedp":              {[]string{"agents/browser"}, "one place drives a browser"},
	"testing":                          {[]string{"agents/browser/browsertest", "agents/probes/try"}, "no test helpers in the binary"},
	"net/http/httptest":                {[]string{"agents/browser/browsertest", "agents/probes/try"}, "no test helpers in the binary"},

	"github.com/philippgille/chromem-go": {[]string{"rag/vector"}, "one place turns it into an index among others"},
}

func TestImports(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	eachFile(t, func(dir, file string, imports []string) {
		rule, listed := mayImport[dir]
		if !listed { // a rule for all that lie in one folder
			dir = path.Dir(dir) + "/*"
			rule, listed = mayImport[dir]
		}
		if !listed {
			t.Errorf("package %q is in no rule of this test: add it where it belongs", dir)
			return
		}
		seen[dir] = true
		for _, name := range imports {
			if name == module {
				t.Errorf("%s imports main", file)
			}
			if ours, ok := strings.CutPrefix(name, module+"/"); ok && ours != dir && !among(rule.ours, ours) {
				t.Errorf("%s imports %s, but %s", file, ours, rule.why)
			}
			for party, only := range onlyIn {
				if (name == party || strings.HasPrefix(name, party+"/")) && !slices.Contains(only.where, dir) {
					t.Errorf("%s imports %s, but %s", file, name, only.why)
				}
			}
		}
	})
	for dir := range mayImport {
		if !seen[dir] && dir != "bench" && !strings.HasSuffix(dir, "/*") {
			t.Errorf("the rules name %q, which has no files", dir)
		}
	}
}

// among tells whether a list names a package, or its folder with all that lie in it. Helpers of tests are named by none.
func among(list []string, name string) bool {
	return slices.Contains(list, name) || name != "agents/probes/try" && slices.Contains(list, path.Dir(name)+"/*")
}

// eachFile calls f with the imports of every file that goes into the binary.
func eachFile(t *testing.T, f func(dir, file string, imports []string)) {
	t.Helper()
	err := filepath.WalkDir(".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (strings.HasPrefix(d.Name(), ".") && name != "." || d.Name() == "node_modules" || d.Name() == "testdata" || d.Name() == "vendor") {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") || strings.HasSuffix(name, "_templ.go") {
			return nil
		}
		src, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		tree, err := parser.ParseFile(token.NewFileSet(), name, src, parser.ImportsOnly)
		if err != nil {
			return err
		}
		var imports []string
		for _, i := range tree.Imports {
			path, err := strconv.Unquote(i.Path.Value)
			if err != nil {
				return err
			}
			imports = append(imports, path)
		}
		dir := filepath.ToSlash(filepath.Dir(name))
		if dir == "." {
			dir = ""
		}
		f(dir, name, imports)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Every package says once what it is for.
func TestPackageComments(t *testing.T) {
	t.Parallel()
	comments := map[string]int{}
	eachFile(t, func(dir, file string, _ []string) {
		tree, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments|parser.PackageClauseOnly)
		if err != nil {
			t.Fatal(err)
		}
		comments[dir] += 0
		if tree.Doc != nil && !strings.Contains(tree.Doc.Text(), "go:build") {
			comments[dir]++
		}
	})
	for dir, n := range comments {
		if n != 1 {
			t.Errorf("package %q has %d package comments; want one", dir, n)
		}
	}
}

// modernc.org/sqlite works only with the modernc.org/libc that it names; go.mod must not raise one without the other.
func TestModernc(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("go.mod")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"modernc.org/sqlite v1.61.1", "modernc.org/libc v1.79.0"} {
		if !strings.Contains(string(data), want) {
			t.Errorf("go.mod does not have %s: sqlite and libc go together; look up the libc that the new sqlite names and change both here", want)
		}
	}
}
