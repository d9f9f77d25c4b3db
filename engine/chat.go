package engine

// ChatMethod is the method of the addresses that chats are found by; no request has it.
const ChatMethod = "CHAT"

// ChatPath is the path of a chat among the addresses of workflows: apart from those of webhooks.
func ChatPath(path string) string { return "chat:" + path }

// ChatMessage is one message of a chat with a workflow.
type ChatMessage struct {
	Role    string   `json:"role"` // "user" or "assistant"
	Text    string   `json:"text"`
	Sources []string `json:"sources,omitempty"` // what an answer rests on, in words
	At      int64    `json:"at"`
}
