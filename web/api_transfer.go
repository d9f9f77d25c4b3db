package web

import (
	"cmp"
	"mime"
	"net/http"

	"github.com/atelier-studio/atelier/engine"
	"github.com/atelier-studio/atelier/interop"
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
	// Comments go only where they can be read again.
	Comments bool `query:"comments" doc:"1: with the comments, under the key comments; for format atelier only."`
}

// apiExport gives a workflow as a file to save. Credentials are in it by name only.
func apiExport(s *Server, c *Ctx, in exportIn) error {
	stored, err := s.Store.Workflow(c.Request().Context(), c.Scope(), in.ID)
	if err != nil {
		return err
	}
	var data []byte
	ending := ".json"
	if in.Format == "" || in.Format == "atelier" {
		data, err = s.encode(c, stored, in.Comments)
	} else {
		data, _, err = interop.Export(stored.Doc, in.Format)
		ending = "." + in.Format + ".json"
	}
	if err != nil {
		return err
	}
	h := c.Response().Header()
	h.Set("Content-Disposition", attachment(stored.Name+ending))
	h.Set("Cache-Control", "no-store")
	return c.Blob(http.StatusOK, "application/json", data)
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
