// Package file reads comments from files that people export, and follows a file as
// it grows: JSONL, CSV, or plain text. It judges nothing and can answer nothing.
package file

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"go.uber.org/zap"

	"triage/internal/ingest"
)

// Platform is the platform name of comments that come from a file.
const Platform = "file"

// Source is an ingest.Source that reads an export and follows it as it grows. A line
// that cannot be read is reported by its number and passed over. A file that
// was replaced or cut is read anew; what was read before is not taken twice. A
// last line that may be half written waits until it is complete, or until the
// file has stood still for Settle.
type Source struct {
	Path    string
	Account string
	Format  Format
	// Column is Records.Column.
	Column string
	// Settle is how long a file stands still before its last line counts as
	// complete without a line break; 0 means 10 s.
	Settle time.Duration
	Names  ingest.Namer
	Log    *zap.Logger

	size    int64     // when last looked at
	since   time.Time // since when it has that size
	settled bool      // it has stood still long enough
	// seen counts each text that came without an id, so that the same text on
	// another line is another comment, and the same file again is none.
	seen map[string]int
}

// A sweep of a file reads a bounded part of it, so that its mark is stored as
// the reading goes on.
const (
	atOnce        = 250
	sweepMost     = 20 * atOnce
	defaultSettle = 10 * time.Second
	maxItem       = 1 << 10 // bytes of an id
)

// Sweep implements Source.
func (f *Source) Sweep(ctx context.Context, mark ingest.Mark, emit ingest.Emit) (ingest.Mark, error) {
	file, err := os.Open(f.Path)
	if err != nil {
		return mark, f.unreadable(err)
	}
	defer func() { _ = file.Close() }()
	info, err := file.Stat()
	if err != nil {
		return mark, f.unreadable(err)
	}
	if mark.Offset > info.Size() || mark.File != f.identity(file, mark.Offset) {
		mark, f.seen = ingest.Mark{}, nil
	}
	part := io.NewSectionReader(file, 0, f.complete(file, mark.Offset, info.Size()))
	if err := f.recount(part, mark.Offset); err != nil {
		return mark, err
	}
	mark, err = f.read(ctx, part, mark, emit)
	if err != nil {
		f.seen = nil // what of it was taken is counted anew
	}
	mark.File = f.identity(file, mark.Offset)
	return mark, err
}

func (f *Source) unreadable(err error) error {
	return &ingest.ReadError{Kind: ingest.Temporary, Cause: err,
		Why: fmt.Sprintf("the file of account %q cannot be read: check its path and permissions", f.Account)}
}

// unusable says what is wrong with the whole file. It names no column: a file
// without a header would have a comment there.
func (f *Source) unusable(err error) error {
	why := "its records cannot be read: look for a quote that is not closed"
	if errors.Is(err, ErrColumn) {
		why = "no column is known to hold the text: see that the first line names the columns, and set column"
	}
	return &ingest.ReadError{Kind: ingest.Bad, Why: fmt.Sprintf("the file of account %q: %s", f.Account, why)}
}

func (f *Source) open(part *io.SectionReader, mark ingest.Mark) (*Records, error) {
	if _, err := part.Seek(0, io.SeekStart); err != nil {
		return nil, f.unreadable(err)
	}
	records := NewRecords(part, f.Format)
	records.Column = f.Column
	if mark.Offset == 0 {
		return records, nil
	}
	if err := records.At(part, mark.Offset, mark.Line); err != nil {
		return nil, f.unusable(err)
	}
	return records, nil
}

// recount counts the texts of the part that was read before a restart.
func (f *Source) recount(part *io.SectionReader, read int64) error {
	if f.seen != nil {
		return nil
	}
	f.seen = map[string]int{}
	records, err := f.open(part, ingest.Mark{})
	if err != nil {
		return err
	}
	for at := int64(0); at < read; at, _ = records.Place() {
		rec, err := records.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return f.unusable(err)
		}
		if rec.End <= read {
			f.item(rec)
		}
	}
	return nil
}

// item names a record: by the file's own id, or else by its text and how often
// that stood there before.
func (f *Source) item(rec Record) string {
	if rec.Named || rec.Err != nil {
		return rec.ID
	}
	name := f.Names.ID(Platform, f.Account, "text "+rec.Text)
	f.seen[name]++
	return fmt.Sprintf("%s#%d", name, f.seen[name])
}

// read hands on what there is, in batches, and returns how far it came.
func (f *Source) read(ctx context.Context, part *io.SectionReader, mark ingest.Mark, emit ingest.Emit) (ingest.Mark, error) {
	mark.More = false
	records, err := f.open(part, mark)
	if err != nil {
		return mark, err
	}
	var batch []ingest.Comment
	read := mark
	flush := func() error {
		if len(batch) > 0 {
			if err := emit(ctx, batch); err != nil {
				return err
			}
			batch = nil
		}
		mark = read
		return nil
	}
	for n := 0; ; n++ {
		rec, err := records.Next()
		if errors.Is(err, io.EOF) || n == sweepMost || err == nil && f.half(part, read.Offset, rec.End) {
			err, more := flush(), n == sweepMost
			mark.More = more && err == nil
			return mark, err
		}
		if err != nil {
			err = errors.Join(f.unusable(err), flush())
			return mark, err
		}
		read.Offset, read.Line = records.Place()
		batch = f.add(batch, rec)
		if len(batch) == atOnce {
			if err := flush(); err != nil {
				return mark, err
			}
		}
	}
}

// add adds the comment of a record, or reports why there is none.
func (f *Source) add(batch []ingest.Comment, rec Record) []ingest.Comment {
	if rec.Err == nil && len(rec.ID) > maxItem {
		rec.Err = fmt.Errorf("its id is longer than %d bytes", maxItem)
	}
	if rec.Err != nil {
		f.Log.Warn("line passed over", zap.String("account", f.Account), zap.Int64("line", rec.Line), zap.Error(rec.Err))
		return batch
	}
	return append(batch, ingest.Comment{
		Platform: Platform, Account: f.Account, Created: rec.Created,
		Content: ingest.Content{Text: rec.Text, Author: rec.Author, Item: f.item(rec)},
	})
}
