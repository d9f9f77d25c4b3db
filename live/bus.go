// Package live brings what happens to the people who watch: a bus that carries messages by topic, and a hub that fans
// them out to connections without letting one slow reader hold up the rest.
//
// Order: all subscribers of a topic, on all replicas, see its messages in one order, and those of one publisher in the
// order of its calls of Publish. Blame: a receiver must not block; one that cannot keep up is cut, never waited for.
// Loss: a message is delivered at most once, and a bus that may have lost some says so (Message.Lost). Whoever must miss
// nothing numbers the messages (Message.Seq) and gives the hub a Reader of the durable record behind them; the hub then
// fills every gap and drops every repeat.
package live

import "context"

// Message is one frame for the browsers that watch a topic.
type Message struct {
	// Seq numbers the messages of a topic from 1 without gaps; 0 means that the message stands for itself.
	Seq int64
	// Data is the JSON text. It is shared by all receivers and never modified.
	Data []byte
	// Lost says that messages of the topic may have been lost before this one, which has no data of its own: whoever
	// keeps something that follows from them looks at it anew.
	Lost bool
}

// Bus carries messages between the parts of the studio, and between its replicas.
type Bus interface {
	// Publish hands a message to everyone who listens to the topic now. It waits neither for readers nor for a network.
	Publish(ctx context.Context, topic string, m Message) error
	// Offer publishes what give returns, in its place among what is published, but only when someone on any replica
	// listens to the topic: else give is not called. It may be called later, from another goroutine; size is about how
	// many bytes it holds on to until then. What is in the durable record when Offer is called and is not published is
	// found there by everyone who reads it after having subscribed.
	Offer(ctx context.Context, topic string, size int, give func() []Message) error
	// Subscribe calls receive for each message of the topic that is published after it has returned, until leave is
	// called; after leave has returned there is no further call. receive must neither block nor use the bus.
	Subscribe(topic string, receive func(Message)) (leave func(), err error)
	// Heard is false only when certainly nobody listens, so that a publisher may spare itself the encoding.
	Heard(topic string) bool
	// Ready says why messages do not reach the other replicas now; nil when they do, or when there are none.
	Ready() error
	// Close ends all subscriptions. Publish and Subscribe then fail with fs.ErrClosed.
	Close() error
}
