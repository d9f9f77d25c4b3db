package access_test

import (
	"errors"
	"fmt"
	"io/fs"
	"reflect"
	"strings"
	"testing"

	"github.com/atelier-studio/atelier/agents/access"
)

const good = `roles:
  - {name: guest, nobody: true}
  - {name: customer, user: ada, password_from: "env:ADA", may: "buys"}
  - {name: keeper, user: cleo}
rules:
  - {path: /account, allow: [customer, keeper], deny: ["*"]}
  - {path: /admin, allow: [keeper], deny: ["*"]}
  - {method: delete, path: "/api/users/1?hard=1", deny: [customer]}
`

const asCSV = "\xef\xbb\xbfMethod;Path;guest;customer;keeper\r\nuser;;nobody;ada;cleo\r\n;/account;deny;allow;+\r\nGET;/admin;-;no;yes\r\nDELETE;/api/users/1?hard=1;;deny;\r\n"

func TestRead(t *testing.T) {
	t.Parallel()
	fromYAML, err := access.Read([]byte(good))
	if err != nil {
		t.Fatal(err)
	}
	var cells []string
	for _, c := range fromYAML.Cells() {
		cells = append(cells, fmt.Sprintf("%s %s %s %v", c.Method, c.Path, c.Role.Name, c.Allow))
	}
	want := []string{
		"GET /account guest false", "GET /account customer true", "GET /account keeper true",
		"GET /admin guest false", "GET /admin customer false", "GET /admin keeper true", "DELETE /api/users/1?hard=1 customer false",
	}
	if !reflect.DeepEqual(cells, want) {
		t.Errorf("%q", cells)
	}
	text, err := access.Write(fromYAML)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := access.Read(text); err != nil || !reflect.DeepEqual(again, fromYAML) {
		t.Errorf("%v\n%s", err, text)
	}
	fromCSV, err := access.Read([]byte(asCSV))
	if err != nil {
		t.Fatal(err)
	}
	fromYAML.Roles[1].May, fromYAML.Roles[1].PasswordFrom = "", ""
	if !reflect.DeepEqual(fromCSV, fromYAML) {
		t.Errorf("CSV says %+v", fromCSV)
	}
	if empty, err := access.Read(nil); err != nil || !empty.Empty() {
		t.Errorf("nothing is %+v, %v", empty, err)
	}
}

func TestTemplate(t *testing.T) {
	t.Parallel()
	table, err := access.Read(access.Template())
	if err != nil || len(table.Roles) != 27 {
		t.Fatalf("%+v %v", table, err)
	}
	for _, role := range table.Roles {
		if role.May == "" || role.User != "" {
			t.Errorf("%+v", role)
		}
	}
	// What it shows as an example can be read as well.
	head, example, ok := strings.Cut(string(access.Template()), "rules: []\n")
	if table, err := access.Read([]byte(head + strings.ReplaceAll(example, "# ", ""))); !ok || err != nil || len(table.Rules) != 3 {
		t.Errorf("the example: %+v %v", table, err)
	}
}

// Files of strangers are refused in words, and what may be a password is not repeated.
func TestReadHostile(t *testing.T) {
	t.Parallel()
	many := func(n int, f string) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, f, i)
		}
		return b.String()
	}
	for name, bad := range map[string]struct{ text, want string }{
		"no YAML":             {"roles: [", "cannot be read"},
		"no list":             {"roles: 3", "cannot be read"},
		"unknown field":       {strings.Replace(good, "may:", "can:", 1), "cannot be read"},
		"a password":          {strings.Replace(good, "may: \"buys\"", "password: hunter2hunter2", 1), "password_from"},
		"no name":             {strings.Replace(good, "name: keeper", `name: " "`, 1), "role 3 has no name"},
		"twice":               {strings.Replace(good, "name: keeper", "name: customer", 1), "two roles"},
		"all others":          {strings.Replace(good, "name: keeper", `name: "*"`, 1), "all others"},
		"unseen signs":        {strings.Replace(good, "name: keeper", `name: "keep\u202eer"`, 1), "cannot be seen"},
		"nobody signs in":     {strings.Replace(good, "nobody: true", "nobody: true, user: x", 1), "nobody"},
		"no such role":        {strings.Replace(good, "deny: [customer]", "deny: [clerk]", 1), `"clerk"`},
		"both":                {strings.Replace(good, "allow: [keeper], deny: [\"*\"]", "allow: [keeper], deny: [keeper]", 1), "twice"},
		"all and all":         {strings.Replace(good, "allow: [keeper], deny: [\"*\"]", `allow: ["*"], deny: ["*"]`, 1), "both"},
		"one address twice":   {strings.Replace(good, "path: /admin", "path: /account", 1), "two rules"},
		"no method":           {strings.Replace(good, "method: delete", "method: steal", 1), "STEAL"},
		"no path":             {strings.Replace(good, "path: /admin", "path: admin", 1), "slash"},
		"another host":        {strings.Replace(good, "path: /admin", "path: //elsewhere.example/x", 1), "slash"},
		"an address":          {strings.Replace(good, "path: /admin", "path: 'http://elsewhere.example/'", 1), "slash"},
		"a line break":        {strings.Replace(good, "path: /admin", `path: "/x\r\nHost: y"`, 1), "slash"},
		"a long path":         {strings.Replace(good, "path: /admin", "path: /"+strings.Repeat("x", 3000), 1), "slash"},
		"many roles":          {"roles:\n" + many(100, "  - {name: r%d}\n"), "more than 60"},
		"many rules":          {"rules:\n" + many(600, "  - {path: /%d}\n"), "more than 500"},
		"many cells":          {"roles:\n" + many(50, "  - {name: r%d}\n") + "rules:\n" + many(200, "  - {path: /%d, deny: ['*']}\n"), "more than 5000"},
		"a large file":        {strings.Repeat("# x\n", 1<<18), "bytes"},
		"aliases of aliases":  {"a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nroles: *c\n", "cannot be read"},
		"CSV: a strange cell": {"method,path,guest\nGET,/,maybe\n", "line 2"},
		"CSV: a short line":   {"method,path,guest\nGET,/\n", "cannot be read"},
		"CSV: no role":        {"method,path,\nGET,/,allow\n", "role 1 has no name"},
		"CSV: a quote":        {"method,path,guest\nGET,\"/,allow\n", "cannot be read"},
	} {
		_, err := access.Read([]byte(bad.text))
		if !errors.Is(err, fs.ErrInvalid) || !strings.Contains(err.Error(), bad.want) || strings.Contains(err.Error(), "hunter2") || len(err.Error()) > 2000 {
			t.Errorf("%s: %v", name, err)
		}
	}
}
