package web_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/engine"
)

// chatting makes a studio with a published workflow that says what it heard.
func chatting(t *testing.T, params object) (*studio, *browser) {
	t.Helper()
	s := newStudio(t, withNodes(t))
	b := s.owner(t, "ada@example.org")
	w := b.draw("Echo", engine.Node{ID: "chat", Kind: "trigger.chat", Params: params},
		engine.Node{ID: "say", Kind: "data.set", Params: object{"fields": []object{{"name": "answer", "value": "=You said {{ $json.message }}, after {{ $json.history.length }}"}}}})
	b.api("POST", "/workflows/"+w.ID+"/active", object{"active": true}, nil, http.StatusOK)
	return s, b
}

func TestChatOfMembers(t *testing.T) {
	t.Parallel()
	s, owner := chatting(t, object{"path": "help", "per_minute": 3, "max_chars": 20})
	viewer := s.member(t, owner, "vera@example.org", auth.Viewer)
	stranger := s.browser(t)
	if res := stranger.get("/chat/help"); res.StatusCode != http.StatusSeeOther || !strings.HasPrefix(res.Header.Get("Location"), "/signin") {
		t.Errorf("a stranger: %d to %s", res.StatusCode, res.Header.Get("Location"))
	}
	if res := viewer.get("/chat/help"); res.StatusCode != http.StatusOK || !strings.Contains(res.Text, "Echo") || res.Header.Get("X-Frame-Options") != "DENY" {
		t.Errorf("a member: %d %v", res.StatusCode, res.Header)
	}
	first := viewer.do("POST", "/chat/help", "application/json", `{"message":"one"}`)
	if first.StatusCode != http.StatusOK || !strings.Contains(first.Text, "You said one, after 0") {
		t.Fatalf("the first message: %d %s", first.StatusCode, first.Text)
	}
	session := strings.Split(strings.Split(first.Text, `"session":"`)[1], `"`)[0]
	if res := viewer.do("POST", "/chat/help", "application/json", `{"message":"two","session":"`+session+`"}`); !strings.Contains(res.Text, "You said two, after 2") {
		t.Errorf("the second message: %d %s", res.StatusCode, res.Text)
	}
	if res := viewer.get("/chat/help?session=" + session); strings.Count(res.Text, `"role"`) != 4 {
		t.Errorf("what was said: %d %s", res.StatusCode, res.Text)
	}
	if res := owner.get("/chat/help?session=" + session); res.StatusCode != http.StatusNotFound {
		t.Errorf("another member's chat: %d %s", res.StatusCode, res.Text)
	}
	if res := owner.do("POST", "/chat/help", "application/json", `{"message":"let me in","session":"`+session+`"}`); res.StatusCode != http.StatusNotFound {
		t.Errorf("writing in another member's chat: %d %s", res.StatusCode, res.Text)
	}
	if res := viewer.do("POST", "/chat/help", "application/json", `{"message":"`+strings.Repeat("x", 21)+`"}`); res.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("a long message: %d", res.StatusCode)
	}
	if res := viewer.do("POST", "/chat/help", "application/json", `{"message":"too fast"}`); res.StatusCode != http.StatusTooManyRequests || res.Header.Get("Retry-After") == "" {
		t.Errorf("the fourth in a minute: %d %v", res.StatusCode, res.Header)
	}
	if res := viewer.do("POST", "/chat/help", "application/json", `{"message":"x"}`, "Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site"); res.StatusCode != http.StatusForbidden {
		t.Errorf("from another site: %d", res.StatusCode)
	}
	if res := viewer.get("/chat/other"); res.StatusCode != http.StatusNotFound {
		t.Errorf("no chat: %d", res.StatusCode)
	}
}

func TestChatOfEverybody(t *testing.T) {
	t.Parallel()
	s, _ := chatting(t, object{"path": "help", "access": "public", "embed": []string{"https://shop.example.org"}})
	stranger := s.browser(t)
	res := stranger.get("/chat/help")
	if csp := res.Header.Get("Content-Security-Policy"); res.StatusCode != http.StatusOK || !strings.Contains(csp, "frame-ancestors https://shop.example.org") || res.Header.Get("X-Frame-Options") != "" {
		t.Errorf("the page: %d %v", res.StatusCode, res.Header)
	}
	if res := stranger.do("POST", "/chat/help", "application/json", `{"message":"={{ 1+1 }}"}`); res.StatusCode != http.StatusOK || !strings.Contains(res.Text, "You said ={{ 1+1 }}, after 0") {
		t.Errorf("a message: %d %s", res.StatusCode, res.Text)
	}
	if res := stranger.get("/chat/help?session=aaaaaaaaaaaaaaaaaaaa"); res.StatusCode != http.StatusNotFound {
		t.Errorf("a guessed chat: %d", res.StatusCode)
	}
}
