package web

import (
	"cmp"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"path"
	"strings"

	"github.com/atelier-studio/atelier/engine"
	"github.com/atelier-studio/atelier/interop"
	"github.com/atelier-studio/atelier/views"
)

const maxImports = 50 // files of one request

// imported is what became of a file.
type imported struct {
	Workflow *engine.Stored
	Format   string          // "atelier", "n8n" …
	Report   *interop.Report // nil for a file of our own
}

// importData makes a workflow of a file: our own or another product's, as the file itself says. Nothing in it is run.
func (s *Server) importData(c *Ctx, data []byte, name, folder string) (imported, error) {
	read, threads, err := s.readFile(data, name)
	if err != nil {
		return imported{}, err
	}
	c.retellReport(read.Report)
	stored, err := s.create(c, folder, read.Doc)
	if err == nil && len(threads) > 0 {
		err = s.Store.ImportThreads(c.Request().Context(), c.Scope(), stored.ID, threads)
	}
	return imported{stored, read.Format, read.Report}, err
}

// readFile reads a file of ours or of another product; the name is for one that does not name its workflow.
func (s *Server) readFile(data []byte, name string) (convertOut, []engine.Thread, error) {
	format, err := interop.Detect(data)
	if err != nil {
		return convertOut{}, nil, err
	}
	out := convertOut{Format: format}
	var threads []engine.Thread
	if format == "atelier" {
		if out.Doc, err = engine.Parse(data); err == nil {
			threads, err = engine.ParseComments(data, s.Now().UnixMicro())
		}
	} else {
		out.Doc, out.Report, err = interop.Import(data, interop.Options{Format: format, Name: name})
	}
	if err != nil {
		return convertOut{}, nil, err
	}
	if out.Doc.Name == "" {
		out.Doc.Name = cmp.Or(name, "Imported")
	}
	return out, threads, nil
}

// importPage is the form for files.
func importPage(s *Server, c *Ctx) error {
	return s.showImport(c, http.StatusOK, views.ImportView{Folder: c.QueryParam("folder")})
}

func (s *Server) showImport(c *Ctx, status int, view views.ImportView) error {
	folders, err := s.Store.Folders(c.Request().Context(), c.Scope())
	if err != nil {
		return err
	}
	view.Folders = folders
	page := c.Page(c.T("Import"), "workflows").Under(views.Link{Text: c.T("Workflows"), Href: "/workflows"})
	return c.View(status, views.ImportPage(page, view))
}

// importFiles imports each file by itself and reports on all: one that is broken does not hold up the others.
func importFiles(s *Server, c *Ctx) error {
	form, err := c.MultipartForm()
	if err != nil {
		return formError(err)
	}
	defer form.RemoveAll() //nolint:errcheck // the system clears its temporary files too
	view := views.ImportView{Folder: c.FormValue("folder"), Text: strings.TrimSpace(c.FormValue("text"))}
	files := form.File["file"]
	if len(files) > maxImports {
		return invalidInput("At most %d files can be imported at once.", maxImports)
	}
	for _, f := range files {
		if f.Filename != "" || f.Size > 0 {
			view.Results = append(view.Results, s.importUpload(c, f, view.Folder))
		}
	}
	if view.Text != "" {
		result := s.importResult(c, "Pasted text", []byte(view.Text), "Pasted workflow", view.Folder)
		if result.Error == "" {
			view.Text = ""
		}
		view.Results = append(view.Results, result)
	}
	if len(view.Results) == 0 {
		view.Mistake = c.T("Choose a file, or paste a workflow.")
		return s.showImport(c, http.StatusUnprocessableEntity, view)
	}
	return s.showImport(c, http.StatusOK, view)
}

func (s *Server) importUpload(c *Ctx, f *multipart.FileHeader, folder string) views.ImportResult {
	data, err := readUpload(f)
	if err != nil {
		return views.ImportResult{File: f.Filename, Error: c.describe(err).Detail}
	}
	return s.importResult(c, f.Filename, data, fileTitle(f.Filename), folder)
}

// fileTitle is the name of a file without folder and ending.
func fileTitle(name string) string {
	base := path.Base(strings.ReplaceAll(name, `\`, "/"))
	return strings.TrimSuffix(base, path.Ext(base))
}

func readUpload(f *multipart.FileHeader) ([]byte, error) {
	if f.Size > engine.MaxFileBytes {
		return nil, tooLarge(engine.MaxFileBytes)
	}
	file, err := f.Open()
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(file)
	return data, errors.Join(err, file.Close())
}

func (s *Server) importResult(c *Ctx, file string, data []byte, name, folder string) views.ImportResult {
	done, err := s.importData(c, data, name, folder)
	if err != nil {
		d := c.describe(err)
		if d.Status >= 500 {
			s.Log.ErrorContext(c.Request().Context(), "an import failed", "file", file, "error", err)
		}
		return views.ImportResult{File: file, Error: d.Detail}
	}
	return views.ImportResult{
		File: file, ID: done.Workflow.ID, Name: done.Workflow.Name, Format: done.Format, Report: done.Report,
		Picture: views.PictureOf(done.Workflow.Doc, s.Catalogue),
	}
}
