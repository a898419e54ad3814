package ingest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"go.uber.org/zap"
)

// FilePlatform is the platform name of comments that come from a file.
const FilePlatform = "file"

// File is a source that reads an export and follows it as it grows. A line
// that cannot be read is reported by its number and passed over. A file that
// was replaced or cut is read anew; what was read before is not taken twice.
type File struct {
	Path    string
	Account string
	Format  Format
	// Column is Records.Column.
	Column string
	Names  Namer
	Log    *zap.Logger

	size int64 // when last looked at: a file that stands still is complete
}

// A sweep of a file reads a bounded part of it, so that its mark is stored as
// the reading goes on.
const (
	fileBatch = 250
	fileSweep = 20 * fileBatch
)

// Sweep implements Source.
func (f *File) Sweep(ctx context.Context, mark Mark, emit Emit) (Mark, error) {
	file, err := os.Open(f.Path)
	if err != nil {
		return mark, f.unreadable(err)
	}
	defer func() { _ = file.Close() }()
	info, err := file.Stat()
	if err != nil {
		return mark, f.unreadable(err)
	}
	still := info.Size() == f.size
	f.size = info.Size()
	if begin := f.beginning(file, mark.Offset); mark.Offset > info.Size() || mark.File != begin {
		mark = Mark{}
	}
	records, err := f.open(file, mark)
	if err != nil {
		return mark, err
	}
	records.Partial = !still
	mark, err = f.read(ctx, records, mark, emit)
	mark.File = f.beginning(file, mark.Offset)
	return mark, err
}

func (f *File) unreadable(err error) error {
	return &ReadError{Kind: Temporary, cause: err,
		Why: fmt.Sprintf("the file of account %q cannot be read: check its path and permissions", f.Account)}
}

// beginning identifies the file by a keyed hash of what it begins with, up to
// the part that was read.
func (f *File) beginning(file io.ReaderAt, read int64) string {
	head := make([]byte, min(256, read))
	if n, _ := file.ReadAt(head, 0); int64(n) < int64(len(head)) {
		return ""
	}
	return f.Names.Version(string(head))
}

func (f *File) open(file *os.File, mark Mark) (*Records, error) {
	records := NewRecords(file, f.Format)
	records.Column = f.Column
	if mark.Offset == 0 {
		return records, nil
	}
	if err := records.At(file, mark.Offset, mark.Line); err != nil {
		return nil, f.unusable(err)
	}
	return records, nil
}

func (f *File) unusable(err error) error {
	return &ReadError{Kind: Bad, cause: err, Why: fmt.Sprintf("the file of account %q: %v", f.Account, err)}
}

// read hands on what there is, in batches, and returns how far it came.
func (f *File) read(ctx context.Context, records *Records, mark Mark, emit Emit) (Mark, error) {
	var batch []Comment
	mark.More = false
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
		// The last record of a file that grows may be half of one.
		held := err == nil && records.Partial && rec.End == f.size && f.Format == CSV
		if errors.Is(err, io.EOF) || held {
			err := flush()
			return mark, err
		}
		if err != nil {
			err = errors.Join(f.unusable(err), flush())
			return mark, err
		}
		read.Offset, read.Line = records.Place()
		if rec.Err != nil {
			f.Log.Warn("line passed over", zap.String("account", f.Account), zap.Int64("line", rec.Line), zap.Error(rec.Err))
		} else {
			batch = append(batch, f.comment(rec))
		}
		if len(batch) == fileBatch {
			if err := flush(); err != nil {
				return mark, err
			}
		}
		if n == fileSweep {
			err := flush()
			mark.More = err == nil
			return mark, err
		}
	}
}

func (f *File) comment(rec Record) Comment {
	return Comment{
		Platform: FilePlatform, Account: f.Account, Created: rec.Created,
		Content: Content{Text: rec.Text, Author: rec.Author, Item: rec.ID},
	}
}
