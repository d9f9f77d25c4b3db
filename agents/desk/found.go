package desk

import "github.com/atelier-studio/atelier/agents/campaign"

// Found is a finding of a campaign as it is kept, with what people know of it.
type Found struct {
	campaign.Agreed
	// Mark says why it is false; nil: nobody says so.
	Mark *Mark `json:"mark,omitempty"`
	// Retest is what testing it again came to, and Retested when.
	Retest   Change `json:"retest,omitempty"`
	Retested int64  `json:"retested,omitempty"`
}

// Mark says that a finding is false, in all campaigns on its target.
type Mark struct {
	Print   string `json:"print"`
	Reason  string `json:"reason"`
	By      string `json:"by"`
	Created int64  `json:"created"`
}

// Share is a link to the report of a campaign for people without an account. The store holds the hash of its token.
type Share struct {
	ID      string `json:"id"`
	Created int64  `json:"created"`
	Expires int64  `json:"expires"`
	By      string `json:"by"`
}
