package report

import (
	"encoding/json"
	"fmt"
	"io"
	"io/fs"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/campaign"
)

// Schema names the form of the JSON. Fields may be added to it; one that changes its meaning makes it another.
const Schema = "atelier-report/1"

// maxFile bounds a report that is read back.
const maxFile = 256 << 20

// File is a report as JSON.
type File struct {
	Schema     string           `json:"schema"`
	Version    string           `json:"version"` // of the studio
	Conclusion Conclusion       `json:"conclusion"`
	FailOn     agents.Severity  `json:"fail_on"` // the least severity that fails the campaign
	Result     *campaign.Result `json:"result"`
}

// JSON writes the whole result.
func (r Report) JSON(w io.Writer) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(true) // it may be put into a page
	encoder.SetIndent("", " ")
	return encoder.Encode(File{Schema: Schema, Version: r.Version, Conclusion: r.Conclude(), FailOn: r.least(), Result: masked(r.Result)})
}

// Read reads what JSON wrote. The error wraps fs.ErrInvalid where it is something else.
func Read(from io.Reader) (*File, error) {
	var file File
	limited := &io.LimitedReader{R: from, N: maxFile}
	if err := json.NewDecoder(limited).Decode(&file); err != nil {
		if limited.N <= 0 {
			return nil, fmt.Errorf("the report has more than %d bytes (%w)", maxFile, fs.ErrInvalid)
		}
		return nil, fmt.Errorf("the report cannot be read: %v (%w)", err, fs.ErrInvalid)
	}
	if file.Schema != Schema || file.Result == nil {
		return nil, fmt.Errorf("this is no report of a campaign: its schema is %q and not %q (%w)", file.Schema, Schema, fs.ErrInvalid)
	}
	return &file, nil
}
