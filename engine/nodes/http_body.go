package nodes

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/textproto"
	"net/url"
	"strconv"
	"strings"
)

// requestBody is a body that can be sent more than once: for retries and redirects.
type requestBody struct {
	open        func() (io.ReadCloser, error)
	size        int64
	contentType string
}

func bytesBody(data []byte, contentType string) *requestBody {
	return &requestBody{func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil }, int64(len(data)), contentType}
}

// body makes the body that the node says; nil for none.
func (x *exchange) body(ctx context.Context) (*requestBody, error) {
	switch x.p.method() {
	case "GET", "HEAD":
		return nil, nil //nolint:nilnil // these have no body
	}
	switch x.p.BodyType {
	case "json", "":
		return x.jsonBody()
	case "form":
		return x.formBody()
	case "raw":
		if x.p.Body == nil {
			return nil, nil //nolint:nilnil // an empty body
		}
		return bytesBody([]byte(text(x.p.Body)), cmp.Or(x.p.ContentType, "text/plain; charset=utf-8")), nil
	case "file":
		f, err := fileOf(x.c.Item(), x.p.File)
		if err != nil {
			return nil, about("file", err, "%s", err)
		}
		open := func() (io.ReadCloser, error) { return x.d.openFile(ctx, x.c, x.c.Item(), x.p.File) }
		return &requestBody{open, f.Size, cmp.Or(x.p.ContentType, f.Type, "application/octet-stream")}, nil
	case "multipart":
		return x.multipartBody(ctx)
	case "none":
		return nil, nil //nolint:nilnil // an empty body
	}
	return nil, bad("body_type", "there is no body %q", x.p.BodyType)
}

func (x *exchange) jsonBody() (*requestBody, error) {
	body := x.p.Body
	if s, ok := body.(string); ok {
		trimmed := strings.TrimSpace(s)
		switch {
		case trimmed == "":
			body = nil
		case json.Valid([]byte(trimmed)):
			return bytesBody([]byte(trimmed), "application/json"), nil
		case trimmed[0] == '{' || trimmed[0] == '[':
			_, err := parseJSON([]byte(trimmed))
			return nil, about("body", err, "%s", err)
		}
	}
	if body == nil {
		return nil, nil //nolint:nilnil // an empty body
	}
	return bytesBody([]byte(canonical(body)), "application/json"), nil
}

func (x *exchange) formBody() (*requestBody, error) {
	const contentType = "application/x-www-form-urlencoded"
	switch body := x.p.Body.(type) {
	case nil:
		return nil, nil //nolint:nilnil // an empty body
	case string:
		v, err := parseJSON([]byte(body))
		m, ok := v.(map[string]any)
		if err != nil || !ok {
			return bytesBody([]byte(body), contentType), nil //nolint:nilerr // written by hand: a=1&b=2
		}
		return bytesBody([]byte(formValues(m).Encode()), contentType), nil
	case map[string]any:
		return bytesBody([]byte(formValues(body).Encode()), contentType), nil
	}
	return nil, bad("body", "a form needs names and values")
}

func formValues(m map[string]any) url.Values {
	values := url.Values{}
	for name, v := range m {
		if entries, ok := v.([]any); ok {
			for _, e := range entries {
				values.Add(name, text(e))
			}
			continue
		}
		values.Set(name, text(v))
	}
	return values
}

func (x *exchange) multipartBody(ctx context.Context) (*requestBody, error) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for i, part := range x.p.Parts {
		if err := x.part(ctx, w, part); err != nil {
			return nil, about("parts."+strconv.Itoa(i+1), err, "%s", err)
		}
		if b.Len() > maxAnswerFile {
			return nil, bad("parts", "the parts have more than %d MiB", maxAnswerFile>>20)
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return bytesBody(b.Bytes(), w.FormDataContentType()), nil
}

func (x *exchange) part(ctx context.Context, w *multipart.Writer, part httpPart) error {
	if part.File == "" {
		return w.WriteField(part.Name, text(part.Value))
	}
	f, err := fileOf(x.c.Item(), part.File)
	if err != nil {
		return err
	}
	data, err := x.d.readFile(ctx, x.c, x.c.Item(), part.File, maxAnswerFile)
	if err != nil {
		return err
	}
	h := textproto.MIMEHeader{}
	h.Set("Content-Disposition", fmt.Sprintf(`form-data; name="%s"; filename="%s"`, quoteName(part.Name), quoteName(f.Name)))
	h.Set("Content-Type", cmp.Or(f.Type, "application/octet-stream"))
	dst, err := w.CreatePart(h)
	if err != nil {
		return err
	}
	_, err = dst.Write(data)
	return err
}

// quoteName keeps names from ending their header early.
func quoteName(s string) string {
	return strings.NewReplacer("\\", "\\\\", `"`, "%22", "\r", "%0D", "\n", "%0A").Replace(s)
}
