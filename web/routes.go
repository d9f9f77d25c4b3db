package web

import (
	"time"

	"github.com/atelier-studio/atelier/auth"
)

// route is one row of the table of everything that the server answers: who may ask is part of the row, so that no
// address exists without that decision. A test walks the table with every role.
type route struct {
	Method, Path string
	Permission   auth.Permission
	Handle       func(*Server, *Ctx) error

	// Body is the limit of the request's body in bytes; 0: defaultBody.
	Body int64
	// Timeout is how long the request may take; 0: defaultTimeout, noTimeout for streams and sockets.
	Timeout time.Duration
	// Cost is what a request takes of the person's share; 0: 1, costFree: nothing.
	Cost int
	// Foreign rows are made to be called by other machines and sites (webhooks): no session, no check of the origin,
	// and whatever they answer is caged by its content security policy.
	Foreign bool
	// Door rows are for programs with a key, as those of the API are, in the words of another protocol.
	Door bool
	// Open rows look at no session and may be read from anywhere (assets, health).
	Open bool
	// Once rows may cost money: a call of them with an Idempotency-Key is made once.
	Once bool
	// Quiet rows are left out of the access log while they succeed (health, metrics).
	Quiet bool
	// Development rows exist only when Options.Development is set.
	Development bool
	// API describes a row of the JSON API for its document; nil for pages.
	API *operation
}

const (
	defaultBody    = 1 << 20
	defaultTimeout = 30 * time.Second
	noTimeout      = time.Duration(-1)
)

// routes returns the whole table.
func routes() []route {
	var all []route
	for _, part := range [][]route{coreRoutes, languageRoutes, accountRoutes, workspaceRoutes, keyRoutes, usageRoutes, secretRoutes, workflowRoutes, mentionRoutes, collectionRoutes, evaluationRoutes, documentRoutes, addressRoutes, campaignRoutes, givenRoutes, campaignPages, openaiRoutes, chatRoutes, mcpRoutes, apiRoutes} {
		all = append(all, part...)
	}
	return all
}
