package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"triage/internal/ingest"
	"triage/internal/ingest/file"
)

// records reads the comments of one input with the reader that the file source
// of triage run uses too.
type records struct {
	*file.Records
	// read is how many bytes were read of size, 0 where it is not known.
	read   *counter
	size   int64
	file   io.Closer
	format file.Format
	// label goes before line numbers that stand in for ids.
	label string
	// columns of a CSV file that are read beside the text, if asked for.
	columns columns
	origins bool
}

// counter counts what is read, for showing progress.
type counter struct {
	r io.Reader
	n int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

// openRecords opens a file, or stdin as "-", and finds out its format: JSONL,
// CSV with a header or one comment a line, any of them compressed by gzip.
func openRecords(path string, stdin io.Reader, column, label string) (*records, error) {
	rs := &records{read: &counter{r: stdin}, file: io.NopCloser(nil), label: label}
	if path != "-" {
		f, err := os.Open(path)
		if err != nil {
			return nil, fmt.Errorf("open input: %w", err)
		}
		if info, err := f.Stat(); err == nil {
			rs.size = info.Size()
		}
		rs.read.r, rs.file = f, f
	}
	in, err := unzip(bufio.NewReaderSize(rs.read, 64<<10))
	if err != nil {
		return nil, errors.Join(fmt.Errorf("read %s: %w", name(path), err), rs.Close())
	}
	rs.format = formatOf(path, in, column)
	rs.Records = file.NewRecords(io.TeeReader(in, &rs.columns), rs.format)
	rs.Column, rs.Blank = column, true
	return rs, nil
}

// Close closes the file.
func (rs *records) Close() error { return rs.file.Close() }

// next returns the next record. An unknown column is wrong usage.
func (rs *records) next() (file.Record, error) {
	rec, err := rs.Next()
	if rs.label != "" && rec.ID == fmt.Sprintf("line %d", rec.Line) {
		rec.ID = rs.label + rec.ID
	}
	if errors.Is(err, file.ErrColumn) {
		return rec, fmt.Errorf("%w: %w (--column)", errUsage, err)
	}
	return rec, err
}

// commentOf is the comment of a record, as the classifier takes it.
func commentOf(rec file.Record) ingest.Comment {
	text, cut := ingest.Bound(rec.Text, false)
	return ingest.Comment{Truncated: cut, Content: ingest.Content{Text: text}}
}

// readable fails before anything is judged if a file is not there.
func readable(files []string) error {
	for _, f := range files {
		if f == "-" {
			continue
		}
		info, err := os.Stat(f)
		if err != nil {
			return fmt.Errorf("open input: %w; check the file's name", err)
		}
		if info.IsDir() {
			return fmt.Errorf("open input: %s is a directory; name the files in it", f)
		}
	}
	return nil
}

// label tells line numbers of several files apart.
func label(file string, n int) string {
	if n < 2 {
		return ""
	}
	return name(file) + " "
}

func name(path string) string {
	if path == "-" {
		return "standard input"
	}
	return filepath.Base(path)
}

// unzip decompresses gzip, known by its first bytes.
func unzip(in *bufio.Reader) (*bufio.Reader, error) {
	if head, _ := in.Peek(2); !bytes.Equal(head, []byte{0x1f, 0x8b}) {
		return in, nil
	}
	z, err := gzip.NewReader(in)
	if err != nil {
		return nil, fmt.Errorf("decompress: %w", err)
	}
	return bufio.NewReaderSize(z, 64<<10), nil
}

// formatOf tells the format by the file's ending, else by how it begins.
func formatOf(path string, in *bufio.Reader, column string) file.Format {
	if format := file.FormatOf(path); format != file.Plain {
		return format
	}
	head, _ := in.Peek(4 << 10)
	line, _, _ := bytes.Cut(bytes.TrimLeft(head, "\xef\xbb\xbf \t\r\n"), []byte("\n"))
	switch {
	case strings.HasSuffix(strings.TrimSuffix(path, ".gz"), ".txt"):
		return file.Plain
	case bytes.HasPrefix(line, []byte("{")):
		return file.JSONL
	case column != "" || file.LooksLikeHeader(string(line)):
		return file.CSV
	}
	return file.Plain
}
