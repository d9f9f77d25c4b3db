package web_test

import (
	"fmt"
	"maps"
	"net/http"
	"strings"
	"testing"
)

// Two workspaces hold the same texts under the same names, and each a secret of its own. By no door, under no name and
// after no order of questions does one get to see what is the other's.
func TestTwoWorkspacesWithTheSameTexts(t *testing.T) {
	t.Parallel()
	s, ingester := newLibrary(t)
	type side struct {
		*browser
		secret, collection, key string
		documents               []string
	}
	sides := []*side{{browser: s.owner(t, "ada@example.org"), secret: "walrus"}, {browser: s.owner(t, "eve@example.org"), secret: "ocelot"}}
	for _, b := range sides {
		texts := maps.Clone(handbook)
		texts["secret.md"] = fmt.Sprintf("# Password\n\nThe password of the canteen is %s. The canteen opens at noon.\n", b.secret)
		b.collection = b.browser.collection(ingester, "Handbook", texts).ID
		_, b.key = b.browser.key(0, "edit")
		var list struct{ Documents []struct{ ID string } }
		b.api("GET", "/collections/Handbook/documents", nil, &list, http.StatusOK)
		for _, d := range list.Documents {
			b.documents = append(b.documents, d.ID)
		}
		if len(b.documents) != len(texts) {
			t.Fatalf("there are %d documents, want %d", len(b.documents), len(texts))
		}
	}
	const question = "What is the password of the canteen?"
	program := s.browser(t)
	// doors are all ways to ask for a collection by its name or id.
	doors := func(who *side, ref string) map[string]string {
		asked := func(path, body string, headers ...string) string {
			headers = append(headers, "Authorization", "Bearer "+who.key)
			method, kind := "POST", "application/json"
			if body == "" {
				method, kind = "GET", ""
			}
			res := program.do(method, path, kind, body, headers...)
			return fmt.Sprint(res.StatusCode, " ", res.Text)
		}
		at := "/api/v1/collections/" + ref
		tool := func(name string) string {
			return asked("/mcp", fmt.Sprintf(`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":%q,"arguments":{"collection":%q,"question":%q}}}`, name, ref, question), "Accept", "application/json, text/event-stream")
		}
		return map[string]string{
			"search":  asked(at+"/search", fmt.Sprintf(`{"question":%q}`, question)),
			"ask":     asked(at+"/ask", fmt.Sprintf(`{"question":%q}`, question)),
			"stream":  asked(at+"/ask", fmt.Sprintf(`{"question":%q}`, question), "Accept", "text/event-stream"),
			"records": asked(at+"/records?q=password+canteen", ""),
			"list":    asked(at+"/documents?q=secret", ""),
			"openai":  asked("/v1/chat/completions", fmt.Sprintf(`{"model":%q,"messages":[{"role":"user","content":%q}]}`, ref, question)),
			"flow":    asked("/v1/chat/completions", fmt.Sprintf(`{"model":%q,"stream":true,"messages":[{"role":"user","content":%q}]}`, ref, question)),
			"mcp":     tool("search"), "mcp ask": tool("ask"),
		}
	}
	for range 2 { // the second time from whatever is kept in memory
		for i, who := range sides {
			other := sides[1-i]
			for door, text := range doors(who, "Handbook") {
				if strings.Contains(text, other.secret) || strings.Contains(text, other.collection) {
					t.Errorf("%s shows what is another's: %s", door, text)
				}
				if door != "list" && !strings.Contains(text, who.secret) {
					t.Errorf("%s does not find what is one's own: %s", door, text)
				}
			}
			for door, text := range doors(who, other.collection) {
				if strings.Contains(text, other.secret) || strings.Contains(text, who.secret) || !strings.Contains(text, "404") && !strings.Contains(door, "mcp") && door != "stream" {
					t.Errorf("%s of another's collection: %s", door, text)
				}
			}
			for _, d := range other.documents {
				for _, at := range []string{"Handbook", who.collection, other.collection} {
					for _, part := range []string{"", "/text", "/file"} {
						if res := who.get("/api/v1/collections/" + at + "/documents/" + d + part); res.StatusCode != http.StatusNotFound {
							t.Errorf("another's document by %s%s: %d %s", at, part, res.StatusCode, res.Text)
						}
					}
				}
			}
			if res := who.do("POST", "/api/v1/collections/"+who.collection+"/documents/order", "application/json", fmt.Sprintf(`{"order":"delete","ids":["%s"]}`, strings.Join(other.documents, `","`))); strings.Contains(res.Text, `"count":1`) {
				t.Errorf("another's documents were deleted: %s", res.Text)
			}
			wantPage(t, program.do("GET", "/v1/models", "", "", "Authorization", "Bearer "+who.key), http.StatusOK, `"id":"Handbook"`)
		}
	}
	// What one deletes stays the other's.
	sides[0].api("DELETE", "/collections/"+sides[0].collection, nil, nil, http.StatusNoContent)
	for door, text := range doors(sides[0], "Handbook") {
		if strings.Contains(text, "walrus") || strings.Contains(text, "ocelot") {
			t.Errorf("%s after the collection was deleted: %s", door, text)
		}
	}
	if text := doors(sides[1], "Handbook")["ask"]; !strings.Contains(text, "ocelot") {
		t.Errorf("the other's collection went with it: %s", text)
	}
}
