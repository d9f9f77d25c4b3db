package views

// ChatView is a chat with a workflow.
type ChatView struct {
	Title, Greeting string
	Max             int // characters of a message
}
