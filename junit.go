package main

import (
	"encoding/xml"
	"fmt"
	"strings"
	"time"

	"github.com/atelier-studio/atelier/engine"
)

// The elements of JUnit's XML, as build servers read it.
type (
	junitReport struct {
		XMLName xml.Name     `xml:"testsuites"`
		Name    string       `xml:"name,attr"`
		Tests   int          `xml:"tests,attr"`
		Fails   int          `xml:"failures,attr"`
		Errors  int          `xml:"errors,attr"`
		Time    string       `xml:"time,attr"`
		Suites  []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name      string      `xml:"name,attr"`
		Tests     int         `xml:"tests,attr"`
		Fails     int         `xml:"failures,attr"`
		Errors    int         `xml:"errors,attr"`
		Skipped   int         `xml:"skipped,attr"`
		Time      string      `xml:"time,attr"`
		Timestamp string      `xml:"timestamp,attr"`
		File      string      `xml:"file,attr"`
		Cases     []junitCase `xml:"testcase"`
	}
	junitCase struct {
		Name    string        `xml:"name,attr"`
		Class   string        `xml:"classname,attr"`
		Time    string        `xml:"time,attr"`
		Failure *junitMessage `xml:"failure"`
		Error   *junitMessage `xml:"error"`
	}
	junitMessage struct {
		Message string `xml:"message,attr"`
		Type    string `xml:"type,attr"`
		Text    string `xml:",chardata"`
	}
)

// junit writes the results as JUnit XML. A file that could not be read is a suite with one error.
func junit(files []testedFile) ([]byte, error) {
	report := junitReport{Name: "atelier test"}
	var whole int64
	for i := range files {
		s, took := files[i].suite()
		report.Tests, report.Fails, report.Errors = report.Tests+s.Tests, report.Fails+s.Fails, report.Errors+s.Errors
		whole += took
		report.Suites = append(report.Suites, s)
	}
	report.Time = seconds(whole)
	data, err := xml.MarshalIndent(report, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("write JUnit XML: %w", err)
	}
	return append([]byte(xml.Header), append(data, '\n')...), nil
}

func (f *testedFile) suite() (s junitSuite, took int64) {
	name := f.Name
	if name == "" {
		name = f.File
	}
	s = junitSuite{Name: printable(name), File: printable(f.File), Timestamp: f.started.UTC().Format("2006-01-02T15:04:05")}
	if f.Error != "" {
		s.Cases = []junitCase{{Name: "read the file", Class: s.Name, Time: "0", Error: &junitMessage{Message: printable(f.Error), Type: "file"}}}
		s.Errors = 1
	}
	for i := range f.Cases {
		r := &f.Cases[i]
		c := junitCase{Name: printable(r.Name), Class: s.Name, Time: seconds(r.Took)}
		reasons := f.reasons(r)
		first := ""
		if len(reasons) > 0 {
			first = reasons[0]
		}
		message := &junitMessage{Message: printable(first), Text: printable(strings.Join(reasons, "\n"))}
		switch r.Status {
		case engine.CasePassed:
		case engine.CaseFailed:
			message.Type, c.Failure = "assertion", message
			s.Fails++
		case engine.CaseError:
			message.Type, c.Error = "error", message
			s.Errors++
		}
		took += r.Took
		s.Cases = append(s.Cases, c)
	}
	s.Tests, s.Time = len(s.Cases), seconds(took)
	return s, took
}

func seconds(micro int64) string { return fmt.Sprintf("%.3f", time.Duration(micro*1000).Seconds()) }

// printable leaves out what XML cannot hold; encoding/xml would put a replacement character there.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r == 0xFFFE || r == 0xFFFF {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "�"))
}
