package nodes

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"net/textproto"
	"slices"
	"strings"
	"time"

	"github.com/atelier-studio/atelier/engine"
)

// maxMail bounds a message, in bytes: what most servers take.
const maxMail = 25 << 20

// compose writes the message. It returns the bare addresses of sender and recipients for the envelope.
func (p mailSend) compose(ctx context.Context, d *Deps, c *engine.Call) (message []byte, from string, to []string, err error) {
	if strings.ContainsAny(p.Subject, "\r\n\x00") {
		return nil, "", nil, bad("subject", "the subject holds a line break, which could add headers")
	}
	sender, err := addresses("from", p.From)
	if err != nil {
		return nil, "", nil, err
	}
	if len(sender) != 1 {
		return nil, "", nil, bad("from", "a mail has one sender address")
	}
	header := textproto.MIMEHeader{}
	header.Set("From", sender[0].String())
	for _, f := range []struct{ param, name, value string }{{"to", "To", p.To}, {"cc", "Cc", p.Cc}, {"bcc", "", p.Bcc}, {"reply_to", "Reply-To", p.ReplyTo}} {
		list, err := addresses(f.param, f.value)
		if err != nil {
			return nil, "", nil, err
		}
		written := make([]string, len(list))
		for i, a := range list {
			written[i] = a.String()
			if f.param != "reply_to" && !slices.Contains(to, a.Address) {
				to = append(to, a.Address)
			}
		}
		if f.name != "" && len(written) > 0 {
			header.Set(f.name, strings.Join(written, ", "))
		}
	}
	if len(to) == 0 {
		return nil, "", nil, bad("to", "there is no address to send to")
	}
	header.Set("Subject", mime.QEncoding.Encode("utf-8", p.Subject))
	header.Set("Date", d.now().Format(time.RFC1123Z))
	sum := sha256.Sum256(fmt.Appendf(nil, "%s-%d", c.Key, c.Index))
	_, domain, _ := strings.Cut(sender[0].Address, "@")
	header.Set("Message-Id", "<"+hex.EncodeToString(sum[:16])+"@"+domain+">")
	header.Set("Mime-Version", "1.0")

	body, err := p.body(ctx, d, c, header)
	if err != nil {
		return nil, "", nil, err
	}
	var b bytes.Buffer
	for _, name := range []string{"From", "To", "Cc", "Reply-To", "Subject", "Date", "Message-Id", "Mime-Version", "Content-Type", "Content-Transfer-Encoding"} {
		if v := header.Get(name); v != "" {
			fmt.Fprintf(&b, "%s: %s\r\n", name, v)
		}
	}
	b.WriteString("\r\n")
	b.Write(body)
	if b.Len() > maxMail {
		return nil, "", nil, bad("attachments", "the mail has %d MiB, most servers take %d at most", b.Len()>>20, maxMail>>20)
	}
	return b.Bytes(), sender[0].Address, to, nil
}

// addresses reads a list of mail addresses. What could end the header is refused.
func addresses(param, list string) ([]*mail.Address, error) {
	if strings.TrimSpace(list) == "" {
		return nil, nil
	}
	if strings.ContainsAny(list, "\r\n\x00") {
		return nil, bad(param, "the addresses hold a line break, which could add headers")
	}
	found, err := mail.ParseAddressList(strings.Trim(list, " ,;"))
	if err != nil {
		return nil, bad(param, "%q is no list of mail addresses: write for example Ada <ada@example.com>, bob@example.com", excerpt(list, 80))
	}
	for _, a := range found {
		if strings.ContainsAny(a.Address, "\r\n<> ") || strings.ContainsAny(a.Name, "\r\n") {
			return nil, bad(param, "%q is no mail address", excerpt(a.Address, 80))
		}
	}
	return found, nil
}

// body writes the body and sets the headers that describe it.
func (p mailSend) body(ctx context.Context, d *Deps, c *engine.Call, header textproto.MIMEHeader) ([]byte, error) {
	attached, err := p.attached(c.Item())
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if len(attached) == 0 {
		err := p.texts(&b, header)
		return b.Bytes(), err
	}
	w := multipart.NewWriter(&b)
	header.Set("Content-Type", "multipart/mixed; boundary="+w.Boundary())
	inner := textproto.MIMEHeader{}
	var texts bytes.Buffer
	if err := p.texts(&texts, inner); err != nil {
		return nil, err
	}
	if err := writePart(w, inner, texts.Bytes()); err != nil {
		return nil, err
	}
	for _, name := range attached {
		f := c.Item().Files[name]
		data, err := d.readFile(ctx, c, c.Item(), name, maxMail)
		if err != nil {
			return nil, about("attachments", err, "the file %q: %s", name, err)
		}
		h := textproto.MIMEHeader{}
		h.Set("Content-Type", cmp.Or(f.Type, "application/octet-stream"))
		h.Set("Content-Transfer-Encoding", "base64")
		h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": f.Name}))
		if err := writePart(w, h, foldedBase64(data)); err != nil {
			return nil, err
		}
	}
	err = w.Close()
	return b.Bytes(), err
}

func (p mailSend) attached(it engine.Item) ([]string, error) {
	var out []string
	for _, name := range names(p.Attachments) {
		if name == "*" {
			return slices.Sorted(maps.Keys(it.Files)), nil
		}
		if _, err := fileOf(it, name); err != nil {
			return nil, about("attachments", err, "%s", err)
		}
		out = append(out, name)
	}
	return out, nil
}

// texts writes text, HTML or both as alternatives.
func (p mailSend) texts(b *bytes.Buffer, header textproto.MIMEHeader) error {
	if p.Text == "" || p.HTML == "" {
		body, mediaType := p.Text, "text/plain; charset=utf-8"
		if p.HTML != "" {
			body, mediaType = p.HTML, "text/html; charset=utf-8"
		}
		header.Set("Content-Type", mediaType)
		header.Set("Content-Transfer-Encoding", "quoted-printable")
		return quoted(b, body)
	}
	w := multipart.NewWriter(b)
	header.Set("Content-Type", "multipart/alternative; boundary="+w.Boundary())
	for _, part := range []struct{ mediaType, body string }{{"text/plain; charset=utf-8", p.Text}, {"text/html; charset=utf-8", p.HTML}} {
		var encoded bytes.Buffer
		if err := quoted(&encoded, part.body); err != nil {
			return err
		}
		h := textproto.MIMEHeader{}
		h.Set("Content-Type", part.mediaType)
		h.Set("Content-Transfer-Encoding", "quoted-printable")
		if err := writePart(w, h, encoded.Bytes()); err != nil {
			return err
		}
	}
	return w.Close()
}

func writePart(w *multipart.Writer, h textproto.MIMEHeader, body []byte) error {
	part, err := w.CreatePart(h)
	if err != nil {
		return err
	}
	_, err = part.Write(body)
	return err
}

func quoted(w io.Writer, s string) error {
	q := quotedprintable.NewWriter(w)
	if _, err := io.WriteString(q, s); err != nil {
		return err
	}
	return q.Close()
}

// foldedBase64 breaks lines after 76 characters, as mail wants it.
func foldedBase64(data []byte) []byte {
	encoded := base64.StdEncoding.AppendEncode(nil, data)
	out := make([]byte, 0, len(encoded)+len(encoded)/38)
	for line := range slices.Chunk(encoded, 76) {
		out = append(append(out, line...), '\r', '\n')
	}
	return out
}
