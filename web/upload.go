package web

import (
	"errors"
	"io"
	"io/fs"
	"mime/multipart"
	"path"
	"strings"

	"github.com/atelier-studio/atelier/store"
)

// upload is a request that brings files. Small ones are kept together, some at a time.
type upload struct {
	*Server
	c          *Ctx
	collection string
	tags       []string
	waiting    []store.NewDocument
	bytes      int
	out        uploadOut
}

// Bounds of what waits to be kept.
const (
	maxWaiting      = 100
	maxWaitingBytes = 4 << 20
)

// read takes the parts of the request in their order. What was read before an error is kept.
func (u *upload) read(parts *multipart.Reader) (err error) {
	defer func() { err = errors.Join(err, u.keep()) }()
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return formError(err)
		}
		if part.FormName() == "tags" {
			text, err := io.ReadAll(io.LimitReader(part, 4<<10))
			if err != nil {
				return formError(err)
			}
			for tag := range strings.SplitSeq(string(text), ",") {
				if tag = strings.TrimSpace(tag); tag != "" && len(u.tags) < maxUploaded {
					u.tags = append(u.tags, tag)
				}
			}
			continue
		}
		name := partPath(part)
		if name == "" {
			continue
		}
		if len(u.out.Files)+len(u.waiting) >= maxUploaded {
			return invalidInput("A request can bring at most %d files: the first ones were taken, send the others in another one.", maxUploaded)
		}
		data, err := io.ReadAll(part)
		if err != nil {
			return formError(err)
		}
		u.waiting = append(u.waiting, store.NewDocument{Name: name, Data: data, Tags: u.tags})
		if u.bytes += len(data); len(u.waiting) >= maxWaiting || u.bytes >= maxWaitingBytes {
			if err := u.keep(); err != nil {
				return err
			}
		}
	}
}

// keep queues what waits. Each file is judged by itself.
func (u *upload) keep() error {
	if len(u.waiting) == 0 {
		return nil
	}
	list := u.waiting
	u.waiting, u.bytes = nil, 0
	kept, err := u.Store.AddDocuments(u.c.Request().Context(), u.c.Scope(), u.collection, list)
	if err != nil {
		return err
	}
	for i := range kept {
		file := uploaded{Name: list[i].Name}
		switch err := kept[i].Err; {
		case err == nil:
			file.Document, file.Fresh = &kept[i].Document, kept[i].Fresh
		case errors.Is(err, fs.ErrInvalid):
			file.Error = u.c.describe(err).Detail
		default:
			return err
		}
		u.out.Files = append(u.out.Files, file)
	}
	return nil
}

// formUnquoter undoes what browsers do to names in forms: quotes and ends of lines, and nothing else, are written with a
// percent sign.
var formUnquoter = strings.NewReplacer("%22", `"`, "%0D", "\r", "%0A", "\n")

// partPath is the path of a file within the folder that was sent. Part.FileName would take only its last part.
func partPath(part *multipart.Part) string {
	name := part.FileName()
	if full := part.Header.Get("X-Path"); full != "" {
		name = full
	}
	if given := part.FormName(); strings.HasPrefix(given, "file/") { // file/<path>
		name = strings.TrimPrefix(given, "file/")
	}
	name = formUnquoter.Replace(name)
	return strings.TrimPrefix(path.Clean("/"+strings.ReplaceAll(name, `\`, "/")), "/")
}
