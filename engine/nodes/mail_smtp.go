package nodes

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/smtp"
	"strconv"
	"strings"
	"time"
)

// MailServer says which server takes a mail, and how.
type MailServer struct {
	Host     string
	Port     int
	User     string // no signing in when empty
	Password string
	TLS      string // "starttls", "tls" or "none"
}

// SMTP sends mail by SMTP. Dial opens the connection: the studio's guarded dialer. Config is for tests that bring
// their own certificates; nil is right otherwise.
type SMTP struct {
	Dial   func(ctx context.Context, network, address string) (net.Conn, error)
	Config *tls.Config
}

// mailTime bounds a whole delivery.
const mailTime = 2 * time.Minute

// Send implements Mail. It returns nil once the server took the message over; what goes wrong while saying goodbye
// does not count.
func (s SMTP) Send(ctx context.Context, server MailServer, from string, to []string, message []byte) error {
	ctx, cancel := context.WithTimeout(ctx, mailTime)
	defer cancel()
	conn, err := s.Dial(ctx, "tcp", net.JoinHostPort(server.Host, strconv.Itoa(server.Port)))
	if err != nil {
		return fmt.Errorf("no connection: %w", err)
	}
	defer conn.Close()                                      //nolint:errcheck // the mail is through or the error is known
	stop := context.AfterFunc(ctx, func() { conn.Close() }) //nolint:errcheck // it only wakes the reader
	defer stop()
	if err := s.deliver(conn, server, from, to, message); err != nil {
		return cmp.Or(ctx.Err(), err)
	}
	return nil
}

func (s SMTP) deliver(conn net.Conn, server MailServer, from string, to []string, message []byte) error {
	config := &tls.Config{ServerName: server.Host, MinVersion: tls.VersionTLS12}
	if s.Config != nil {
		config = s.Config.Clone()
		config.ServerName = server.Host
	}
	if server.TLS == "tls" {
		conn = tls.Client(conn, config)
	}
	c, err := smtp.NewClient(conn, server.Host)
	if err != nil {
		return fmt.Errorf("it does not speak SMTP, or not on this port: %w", err)
	}
	if server.TLS == "starttls" {
		if ok, _ := c.Extension("STARTTLS"); !ok {
			return fmt.Errorf("it offers no STARTTLS: choose TLS from the start, or none in a network you trust: %w", fs.ErrInvalid)
		}
		if err := c.StartTLS(config); err != nil {
			return fmt.Errorf("no encryption: %w", err)
		}
	}
	if server.User != "" {
		if err := c.Auth(login(c, server)); err != nil {
			return fmt.Errorf("it does not let %s in: %w", server.User, err)
		}
	}
	if err := c.Mail(from); err != nil {
		return fmt.Errorf("it refuses the sender %s: %w", from, err)
	}
	for _, address := range to {
		if err := c.Rcpt(address); err != nil {
			return fmt.Errorf("it refuses the recipient %s: %w", address, err)
		}
	}
	w, err := c.Data()
	if err != nil {
		return fmt.Errorf("it takes no message: %w", err)
	}
	if _, err := w.Write(message); err != nil {
		return fmt.Errorf("the message did not get through: %w", err)
	}
	if err := w.Close(); err != nil {
		return fmt.Errorf("it refuses the message: %w", err)
	}
	c.Quit() //nolint:errcheck // the message is through
	return nil
}

// login takes PLAIN, and LOGIN from servers that know nothing else. Both refuse to send a password in the clear,
// except to this machine.
func login(c *smtp.Client, server MailServer) smtp.Auth {
	_, offered := c.Extension("AUTH")
	for mechanism := range strings.FieldsSeq(offered) {
		if strings.EqualFold(mechanism, "PLAIN") {
			return smtp.PlainAuth("", server.User, server.Password, server.Host)
		}
	}
	return &loginAuth{server}
}

type loginAuth struct{ server MailServer }

func (a *loginAuth) Start(info *smtp.ServerInfo) (string, []byte, error) {
	if !info.TLS && info.Name != "localhost" && info.Name != "127.0.0.1" && info.Name != "::1" {
		return "", nil, errors.New("the connection is not encrypted")
	}
	return "LOGIN", nil, nil
}

func (a *loginAuth) Next(fromServer []byte, more bool) ([]byte, error) {
	if !more {
		return nil, nil
	}
	switch question := strings.ToLower(string(fromServer)); {
	case strings.HasPrefix(question, "user"):
		return []byte(a.server.User), nil
	case strings.HasPrefix(question, "pass"):
		return []byte(a.server.Password), nil
	}
	return nil, fmt.Errorf("the server asks %q", excerpt(string(fromServer), 40))
}
