package main

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/term"

	"triage/internal/classify"
)

// scanWriter writes what was found; none of them shows a comment's text.
type scanWriter interface {
	write(rec entry, j *classify.Judgement) error
	// end writes what is left; stopped says why not everything could be read.
	end(stopped error) error
}

func (s *scanRun) writer(w io.Writer, files []string) (scanWriter, error) {
	b := bufio.NewWriterSize(w, 64<<10)
	switch s.format {
	case "jsonl":
		enc := json.NewEncoder(b)
		enc.SetEscapeHTML(false)
		return &jsonlWriter{b, enc}, nil
	case "csv":
		return newCSVWriter(b)
	case "table":
		return newTableWriter(b)
	case "html":
		return newScanReport(b, s.look, files)
	}
	return nil, fmt.Errorf("%w: --format %q: want table, jsonl, csv or html", errUsage, s.format)
}

type jsonlWriter struct {
	b   *bufio.Writer
	enc *json.Encoder
}

// scanLine is the line other programs read.
type scanLine struct {
	ID string `json:"id"`
	classify.Judgement
}

// errorLine stands where a comment could not be read.
type errorLine struct {
	ID    string `json:"id"`
	Error string `json:"error"`
}

func (w *jsonlWriter) write(rec entry, j *classify.Judgement) error {
	if rec.Err != nil {
		return w.enc.Encode(errorLine{rec.ID, rec.Err.Error()})
	}
	line := scanLine{rec.ID, *j}
	line.Score = round(j.Score)
	return w.enc.Encode(line)
}

func (w *jsonlWriter) end(error) error { return w.b.Flush() }

func round(x float64) float64 { return math.Round(x*1e4) / 1e4 }

type csvWriter struct{ w *csv.Writer }

func newCSVWriter(b io.Writer) (scanWriter, error) {
	w := &csvWriter{csv.NewWriter(b)}
	header := []string{"id", "level", "score", "subject", "kinds", "urgent", "identifier", "lang", "judged", "why_not", "error"}
	if err := w.w.Write(header); err != nil {
		return nil, fmt.Errorf("write header: %w", err)
	}
	return &flushed{w, b.(*bufio.Writer)}, nil
}

// flushed flushes the buffer below a writer too.
type flushed struct {
	*csvWriter
	b *bufio.Writer
}

func (f *flushed) end(error) error {
	f.w.Flush()
	if err := f.w.Error(); err != nil {
		return err
	}
	return f.b.Flush()
}

func (w *csvWriter) write(rec entry, j *classify.Judgement) error {
	if rec.Err != nil {
		return w.w.Write([]string{rec.ID, "", "", "", "", "", "", "", "false", "", rec.Err.Error()})
	}
	return w.w.Write([]string{
		rec.ID, j.Level.String(), strconv.FormatFloat(round(j.Score), 'f', -1, 64), string(j.Subject), kindList(j),
		strconv.FormatBool(j.Urgent), strconv.FormatBool(j.Identifier), j.Lang, strconv.FormatBool(j.Judged), j.WhyNot, "",
	})
}

func kindList(j *classify.Judgement) string {
	ks := make([]string, len(j.Kinds))
	for i, k := range j.Kinds {
		ks[i] = string(k)
	}
	return strings.Join(ks, " ")
}

type tableWriter struct{ b *bufio.Writer }

func newTableWriter(b *bufio.Writer) (scanWriter, error) {
	w := &tableWriter{b}
	_, err := fmt.Fprintf(b, tableRow, "ID", "LEVEL", "SCORE", "SUBJECT", "KINDS", "FLAGS")
	return w, err
}

const tableRow = "%-16s  %-8s  %5s  %-7s  %-28s  %s\n"

func (w *tableWriter) write(rec entry, j *classify.Judgement) error {
	id := printable(rec.ID)
	if rec.Err != nil {
		_, err := fmt.Fprintf(w.b, "%-16s  error: %s\n", id, rec.Err)
		return err
	}
	_, err := fmt.Fprintf(w.b, tableRow, id, j.Level, strconv.FormatFloat(j.Score, 'f', 2, 64), j.Subject, kindList(j), flags(j))
	return err
}

func (w *tableWriter) end(error) error { return w.b.Flush() }

// printable keeps an id from steering the terminal.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return '?'
	}, s)
}

// progress tells on a terminal how far it is.
type progress struct{ w io.Writer }

func newProgress(w io.Writer) *progress {
	if f, ok := w.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		return &progress{w}
	}
	return &progress{io.Discard}
}

func (p *progress) show(n int, read, size int64) {
	if size > 0 {
		fmt.Fprintf(p.w, "\r%d comments, %d%%", n, min(100, 100*read/size))
		return
	}
	fmt.Fprintf(p.w, "\r%d comments", n)
}

// say shows a line in place of the one before.
func (p *progress) say(format string, args ...any) {
	_, _ = fmt.Fprintf(p.w, "\r\x1b[K"+format, args...)
}

func (p *progress) clear() { fmt.Fprint(p.w, "\r\x1b[K") }

// flags are the words of the table's last column.
func flags(j *classify.Judgement) string {
	var fs []string
	if j.Urgent {
		fs = append(fs, "urgent")
	}
	if j.Identifier {
		fs = append(fs, "identifier")
	}
	if !j.Judged {
		fs = append(fs, "not judged ("+j.WhyNot+")")
	}
	return strings.Join(fs, ", ")
}
