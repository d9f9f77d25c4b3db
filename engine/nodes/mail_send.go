package nodes

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/atelier-studio/atelier/engine"
)

func init() {
	define(engine.Kind{
		Name: "mail.send", Title: "Send mail", Group: "Network", Icon: "mail", PerItem: true, Class: engine.IO, World: true, Effect: engine.AtMostOnce,
		Summary: "Sends a mail for every item, through a mail server.",
		Doc: `Addresses are separated by commas, with or without a name: ` + "`Ada <ada@example.com>, bob@example.com`" + `. With text and HTML both are sent, and the reader's program shows the one it can. Attachments are files of the item, by name; ` + "`*`" + ` stands for all.

A step that has begun to send is not repeated by itself after a crash, because nobody can tell whether the server took the mail over; a person is asked. The server, its encryption and the sender are in the credential. Line breaks in the subject or an address are refused.

The item goes on unchanged.`,
		Keywords:    []string{"email", "e-mail", "smtp", "notify", "message", "alert"},
		Credentials: []string{"smtp"},
		Check:       typed(checkMail),
		Examples: []engine.Example{
			{Name: "An alert", Needs: "mail", Params: params("credential", "Mail", "to", "Ops <ops@example.com>", "subject", "=Check failed: {{ $json.url }}", "text", "=Status {{ $json.status }}"),
				Input: in(obj("url", "https://example.com", "status", 503)), Output: out(obj("url", "https://example.com", "status", 503))},
			{Name: "A subject with a line break", Needs: "mail", Params: params("credential", "Mail", "to", "ops@example.com", "subject", "={{ $json.s }}", "text", "x"), Input: in(obj("s", "a\r\nBcc: all@example.com")), Error: "line break"},
			{Name: "Nobody to send to", Needs: "mail", Params: params("credential", "Mail", "to", "nobody", "subject", "x", "text", "x"), Input: in(obj()), Error: "address"},
		},
	}, mailSend{}, runMailSend)
}

type mailSend struct {
	Credential  string   `json:"credential" form:"Mail server" widget:"credential" required:"true"`
	To          string   `json:"to" form:"To" placeholder:"ops@example.com" required:"true"`
	Cc          string   `json:"cc" form:"Cc"`
	Bcc         string   `json:"bcc" form:"Bcc"`
	ReplyTo     string   `json:"reply_to" form:"Reply to"`
	From        string   `json:"from" form:"From" help:"Empty: the sender of the credential."`
	Subject     string   `json:"subject" form:"Subject" required:"true"`
	Text        string   `json:"text" form:"Text" widget:"textarea"`
	HTML        string   `json:"html" form:"HTML" widget:"code" lang:"html"`
	Attachments []string `json:"attachments" form:"Attachments" help:"Names of files of the item; * for all."`
}

func checkMail(p mailSend) []engine.Problem {
	if p.Text == "" && p.HTML == "" {
		return []engine.Problem{{Param: "text", Code: "empty-mail", Warning: true, Text: "the mail has neither text nor HTML"}}
	}
	return nil
}

func runMailSend(ctx context.Context, d *Deps, p mailSend, c *engine.Call) (engine.Outputs, error) {
	if d.Mail == nil {
		return nil, fmt.Errorf("this studio sends no mail: %w", errors.ErrUnsupported)
	}
	values, err := d.credential(ctx, c, p.Credential, "smtp")
	if err != nil {
		return nil, err
	}
	server, err := mailServer(values)
	if err != nil {
		return nil, err
	}
	p.From = cmp.Or(p.From, values["from"])
	message, from, to, err := p.compose(ctx, d, c)
	if err != nil {
		return nil, err
	}
	if err := d.Mail.Send(ctx, server, from, to, message); err != nil {
		return nil, fmt.Errorf("the mail server %s: %w", server.Host, err)
	}
	return engine.One([]engine.Item{changedItem(c.Item(), c.Item().JSON)}), nil
}

// mailServer reads a credential of the type smtp.
func mailServer(v map[string]string) (MailServer, error) {
	s := MailServer{Host: strings.TrimSpace(v["host"]), User: v["user"], Password: v["password"], TLS: cmp.Or(v["tls"], "starttls")}
	if s.Host == "" {
		return s, bad("credential", "the credential names no host")
	}
	port := map[string]int{"tls": 465, "starttls": 587, "none": 25}[s.TLS]
	if v["port"] != "" {
		var err error
		if port, err = strconv.Atoi(strings.TrimSpace(v["port"])); err != nil || port < 1 || port > 65535 {
			return s, bad("credential", "the credential's port %q is no port", v["port"])
		}
	}
	s.Port = port
	return s, nil
}
