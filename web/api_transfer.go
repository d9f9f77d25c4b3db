package web

import (
	"cmp"
	"context"
	"mime"
	"net/http"
	"slices"
	"strconv"

	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/engine"
	"github.com/atelier-studio/atelier/interop"
	"github.com/atelier-studio/atelier/locales"
)

type importIn struct {
	Name   string `query:"name" doc:"For a file that does not name its workflow."`
	Folder string `query:"folder"`
}

type importOut struct {
	Workflow *engine.Stored  `json:"workflow"`
	Format   string          `json:"format"`
	Report   *interop.Report `json:"report,omitempty" doc:"What came over and how; left out for a file of Atelier."`
}

// apiImport takes one file, as the part "file" of a form or as the whole body.
func apiImport(s *Server, c *Ctx, in importIn) error {
	data, name, err := importedFile(c)
	if err != nil {
		return err
	}
	if in.Name != "" {
		name = in.Name
	}
	done, err := s.importData(c, data, name, in.Folder)
	if err != nil {
		return err
	}
	c.Response().Header().Set("Location", apiPrefix+"/workflows/"+done.Workflow.ID)
	return writeJSON(c, http.StatusCreated, importOut(done))
}

type convertOut struct {
	Doc    *engine.Workflow `json:"doc"`
	Format string           `json:"format"`
	Report *interop.Report  `json:"report,omitempty" doc:"What came over and how; left out for a file of Atelier."`
}

// apiConvert reads a file as apiImport does and gives its drawing back: what is pasted into a workflow is kept nowhere else.
func apiConvert(s *Server, c *Ctx, in importIn) error {
	data, name, err := importedFile(c)
	if err != nil {
		return err
	}
	out, _, err := s.readFile(data, cmp.Or(in.Name, name))
	if err != nil {
		return err
	}
	c.retellReport(out.Report)
	return writeJSON(c, http.StatusOK, out)
}

func importedFile(c *Ctx) (data []byte, name string, err error) {
	if t, _, err := mime.ParseMediaType(c.Request().Header.Get("Content-Type")); err == nil && t == "multipart/form-data" {
		file, err := c.FormFile("file")
		if err != nil {
			return nil, "", formError(err)
		}
		data, err := readUpload(file)
		return data, fileTitle(file.Filename), err
	}
	data, err = readBody(c)
	if err == nil && len(data) > engine.MaxFileBytes {
		err = tooLarge(engine.MaxFileBytes)
	}
	return data, "", err
}

type exportIn struct {
	ID     string `path:"id"`
	Format string `query:"format" doc:"atelier when left out, or n8n."`
	// Version chooses the drawing: names are looked up among the versions.
	Version string `query:"version" doc:"draft when left out, published, the number of a revision, or the id or the name of a version."`
	// Comments go only where they can be read again.
	Comments bool `query:"comments" doc:"1: with the comments, under the key comments; for format atelier only."`
	Report   bool `query:"report" doc:"1: not the file, but what of it has no counterpart in the format."`
}

type exportReport struct {
	Format   string   `json:"format"`
	Revision int64    `json:"revision"`
	Lost     []string `json:"lost" doc:"What is left out or has to be done by hand, in words."`
}

// apiExport gives a workflow as a file to save. Credentials are in it by name only.
func apiExport(s *Server, c *Ctx, in exportIn) error {
	stored, err := s.exported(c.Context(), c.Scope(), in.ID, in.Version)
	if err != nil {
		return err
	}
	format := cmp.Or(in.Format, "atelier")
	var data []byte
	lost := []string{}
	ending := ".json"
	if format == "atelier" {
		data, err = s.encode(c, stored, in.Comments)
	} else {
		data, lost, err = interop.Export(stored.Doc, format)
		ending = "." + format + ".json"
	}
	if err != nil {
		return err
	}
	if in.Report {
		if lost, err = s.lost(c, stored, in, lost); err != nil {
			return err
		}
		for i := range lost {
			lost[i] = c.Retell(lost[i])
		}
		return writeJSON(c, http.StatusOK, exportReport{format, stored.Revision, list(lost)})
	}
	h := c.Response().Header()
	h.Set("Content-Disposition", attachment(stored.Name+ending))
	h.Set("Cache-Control", "no-store")
	return c.Blob(http.StatusOK, "application/json", data)
}

// lost adds to what a drawing loses in a format what is beside the drawing.
func (s *Server) lost(c *Ctx, stored *engine.Stored, in exportIn, lost []string) ([]string, error) {
	if in.Comments && (in.Format == "" || in.Format == "atelier") {
		return lost, nil
	}
	threads, _, err := s.Store.Threads(c.Context(), c.Scope(), stored.ID, engine.ThreadFilter{Bare: true, Limit: engine.MaxThreads})
	if len(threads) > 0 {
		lost = append(lost, locales.Count(locales.Of(c.Context()), len(threads), "{n} thread of comments is left out", "{n} threads of comments are left out"))
	}
	return lost, err
}

// exported finds the drawing that is to be exported.
func (s *Server) exported(ctx context.Context, scope auth.Scope, id, version string) (*engine.Stored, error) {
	stored, err := s.Store.Workflow(ctx, scope, id)
	if err != nil || version == "" || version == "draft" {
		return stored, err
	}
	if version == "published" {
		if stored.Published == 0 {
			return nil, absent("Nothing of this workflow is published.")
		}
		return s.drawingAt(ctx, scope, id, stored.Published)
	}
	if n, err := strconv.ParseInt(version, 10, 64); err == nil {
		return s.drawingAt(ctx, scope, id, n)
	}
	versions, err := s.Store.Versions(ctx, scope, id)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(versions, func(v engine.Version) bool { return v.ID == version || v.Name == version })
	if i < 0 {
		return nil, absent("This workflow has no version %q.", version)
	}
	return s.drawingAt(ctx, scope, id, versions[i].Revision)
}

// encode writes a workflow as a file of Atelier, with what was said about it when that is asked for.
func (s *Server) encode(c *Ctx, stored *engine.Stored, comments bool) ([]byte, error) {
	if !comments {
		return stored.Doc.Encode()
	}
	threads, err := s.Store.AllThreads(c.Request().Context(), c.Scope(), stored.ID)
	if err != nil {
		return nil, err
	}
	return stored.Doc.EncodeWith(threads)
}
