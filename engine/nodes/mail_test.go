package nodes_test

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/http/httptest"
	"net/mail"
	"strings"
	"sync"
	"testing"

	"github.com/atelier-studio/atelier/engine"
)

// mailServer is a small SMTP server that keeps what it is given.
type mailServer struct {
	listener  net.Listener
	serverTLS *tls.Config
	clientTLS *tls.Config
	mu        sync.Mutex
	letters   []letter
	refuse    string // recipient that is refused
	noBye     bool   // hangs up after the message instead of answering QUIT
}

type letter struct {
	from, user string
	to         []string
	data       string
	encrypted  bool
}

func newMailServer(t *testing.T) *mailServer {
	t.Helper()
	pair := httptest.NewTLSServer(nil) // its certificate is for 127.0.0.1
	t.Cleanup(pair.Close)
	pool := x509.NewCertPool()
	pool.AddCert(pair.Certificate())
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	s := &mailServer{listener: l, serverTLS: &tls.Config{Certificates: pair.TLS.Certificates}, clientTLS: &tls.Config{RootCAs: pool}}
	var group sync.WaitGroup
	group.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			group.Go(func() { s.serve(conn) })
		}
	})
	t.Cleanup(func() { l.Close(); group.Wait() })
	return s
}

func (s *mailServer) credential(encryption string) map[string]string {
	host, port, _ := net.SplitHostPort(s.listener.Addr().String())
	return map[string]string{"host": host, "port": port, "tls": encryption, "from": "Studio <studio@example.com>", "user": "studio", "password": "pässword"}
}

func (s *mailServer) take() []letter {
	s.mu.Lock()
	defer s.mu.Unlock()
	taken := s.letters
	s.letters = nil
	return taken
}

func (s *mailServer) serve(conn net.Conn) {
	defer conn.Close()
	var l letter
	r := bufio.NewReader(conn)
	say := func(line string) { fmt.Fprintf(conn, "%s\r\n", line) }
	say("220 test")
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return
		}
		verb, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch strings.ToUpper(verb) {
		case "EHLO":
			say("250-test")
			if !l.encrypted {
				say("250-STARTTLS")
			}
			say("250 AUTH PLAIN")
		case "STARTTLS":
			say("220 go")
			secure := tls.Server(conn, s.serverTLS)
			conn, r, l.encrypted = secure, bufio.NewReader(secure), true
		case "AUTH":
			_, encoded, _ := strings.Cut(rest, " ")
			decoded, _ := base64.StdEncoding.DecodeString(encoded)
			parts := strings.Split(string(decoded), "\x00")
			if len(parts) != 3 || parts[2] != "pässword" {
				say("535 no")
				continue
			}
			l.user = parts[1]
			say("235 welcome")
		case "MAIL":
			l.from = rest
			say("250 ok")
		case "RCPT":
			if s.refuse != "" && strings.Contains(rest, s.refuse) {
				say("550 unknown")
				continue
			}
			l.to = append(l.to, rest)
			say("250 ok")
		case "DATA":
			say("354 go")
			var b strings.Builder
			for {
				line, err := r.ReadString('\n')
				if err != nil || line == ".\r\n" {
					break
				}
				b.WriteString(strings.TrimPrefix(line, "."))
			}
			l.data = b.String()
			s.mu.Lock()
			s.letters = append(s.letters, l)
			s.mu.Unlock()
			say("250 taken")
			if s.noBye {
				return
			}
		case "QUIT":
			say("221 bye")
			return
		default:
			say("500 what")
		}
	}
}

func TestMail(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	hash, size, err := w.deps.Files.Put(t.Context(), "w", strings.NewReader("a,b\n1,2\n"), 100)
	must(t, err)
	w.creds.add("Secure", "smtp", w.mail.credential("starttls"))
	w.mail.noBye = true
	_, err = w.stepItems("mail.send", map[string]any{
		"credential": "Secure", "to": "Ada Lovelace <ada@example.com>, bob@example.com", "cc": "cy@example.com", "bcc": "secret@example.com",
		"subject": "Grüße: {{ not an expression }}", "text": "Zahlen: äöü\n.\nend", "html": "<p>äöü</p>", "attachments": []any{"*"},
	}, map[string][]engine.Item{"main": {{JSON: map[string]any{}, Files: map[string]engine.File{"data": {Name: "tabelle ä.csv", Type: "text/csv", Size: size, Hash: hash}}}}})
	must(t, err)
	letters := w.mail.take()
	if len(letters) != 1 {
		t.Fatalf("%d letters were sent", len(letters))
	}
	l := letters[0]
	if !l.encrypted || l.user != "studio" || !strings.Contains(l.from, "<studio@example.com>") || len(l.to) != 4 {
		t.Errorf("envelope: encrypted %v, user %q, from %q, to %q", l.encrypted, l.user, l.from, l.to)
	}
	if strings.Contains(l.data, "secret@example.com") {
		t.Error("the message shows the hidden recipient")
	}
	m, err := mail.ReadMessage(strings.NewReader(l.data))
	must(t, err)
	subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	if err != nil || subject != "Grüße: {{ not an expression }}" {
		t.Errorf("subject %q, %v", subject, err)
	}
	if got := parts(t, m.Header.Get("Content-Type"), m.Header.Get("Content-Transfer-Encoding"), m.Body); got != "text/plain: Zahlen: äöü\n.\nend|text/html: <p>äöü</p>|text/csv tabelle ä.csv: a,b\n1,2\n|" {
		t.Errorf("parts: %q", got)
	}
}

// parts lists the leaves of a message: type, file name and content.
func parts(t *testing.T, contentType, encoding string, body io.Reader) string {
	t.Helper()
	mediaType, params, err := mime.ParseMediaType(contentType)
	must(t, err)
	if !strings.HasPrefix(mediaType, "multipart/") {
		switch encoding {
		case "base64":
			body = base64.NewDecoder(base64.StdEncoding, body)
		case "quoted-printable":
			body = quotedprintable.NewReader(body)
		}
		data, err := io.ReadAll(body)
		must(t, err)
		return mediaType + ": " + strings.ReplaceAll(string(data), "\r\n", "\n") + "|"
	}
	var b strings.Builder
	for r := multipart.NewReader(body, params["boundary"]); ; {
		p, err := r.NextRawPart()
		if err == io.EOF {
			return b.String()
		}
		must(t, err)
		leaf := parts(t, p.Header.Get("Content-Type"), p.Header.Get("Content-Transfer-Encoding"), p)
		if name := p.FileName(); name != "" {
			leaf = strings.Replace(leaf, ":", " "+name+":", 1)
		}
		b.WriteString(leaf)
	}
}

func TestMailRefusals(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.mail.refuse = "nobody@"
	wrong := w.mail.credential("none")
	wrong["password"] = "wrong"
	w.creds.add("Wrong", "smtp", wrong)
	w.creds.add("NoTLS", "smtp", w.mail.credential("tls"))
	w.creds.add("Token", "http.bearer", map[string]string{"token": "t"})
	tests := []struct{ name, param, value, want string }{
		{"a header in an address", "to", "a@example.com\r\nBcc: b@example.com", "line break"},
		{"a header in a name", "cc", "\"x\r\nBcc: y\" <a@example.com>", "line break"},
		{"a refused recipient", "to", "nobody@example.com", "refuses the recipient"},
		{"a wrong password", "credential", "Wrong", "does not let studio in"},
		{"another type of credential", "credential", "Token", "is of the type http.bearer"},
		{"a missing credential", "credential", "Nope", "there is no credential"},
		{"a missing file", "attachments", "data", "has no file"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			params := map[string]any{"credential": "Mail", "to": "a@example.com", "subject": "x", "text": "x", tt.param: tt.value}
			_, err := w.step("mail.send", params, map[string][]map[string]any{"main": {{}}})
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want %q", err, tt.want)
			}
			if strings.Contains(fmt.Sprint(err), "pässword") {
				t.Error("the error shows the password")
			}
		})
	}
	if sent := w.mail.take(); len(sent) != 0 {
		t.Errorf("%d letters were sent", len(sent))
	}
}
