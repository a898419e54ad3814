package file

import (
	"bytes"
	"encoding/json"
	"io"
	"time"
)

// identity tells one file from the next under the same name: a keyed hash of
// how the part that was read begins and ends.
func (f *Source) identity(file io.ReaderAt, read int64) string {
	const most = 256
	parts := make([]byte, min(most, read), 2*most)
	if n, _ := file.ReadAt(parts, 0); n < len(parts) {
		return ""
	}
	tail := make([]byte, min(most, read))
	if n, _ := file.ReadAt(tail, read-int64(len(tail))); n < len(tail) {
		return ""
	}
	return f.Names.Version(string(append(parts, tail...)))
}

// settle notes the file's size and whether it has stood still long enough.
func (f *Source) settle(size int64) {
	now := time.Now()
	if size != f.size || f.since.IsZero() || now.Before(f.since) {
		f.size, f.since, f.settled = size, now, false
		return
	}
	wait := f.Settle
	if wait == 0 {
		wait = defaultSettle
	}
	f.settled = now.Sub(f.since) >= wait
}

// complete is up to where the file can be read: to its end, unless what stands
// there may be half a line.
func (f *Source) complete(file io.ReaderAt, from, size int64) int64 {
	f.settle(size)
	if f.settled {
		return size
	}
	end := max(from, lastBreak(file, from, size))
	if f.Format == JSONL && end < size && size-end <= MaxLine {
		last := make([]byte, size-end)
		if n, _ := file.ReadAt(last, end); n == len(last) && json.Valid(last) {
			return size
		}
	}
	return end
}

// lastBreak is the offset after the last line break between from and size.
func lastBreak(file io.ReaderAt, from, size int64) int64 {
	block := make([]byte, 4<<10)
	for end := size; end > from; {
		part := block[:min(int64(len(block)), end-from)]
		if n, _ := file.ReadAt(part, end-int64(len(part))); n < len(part) {
			return from // it shrinks while we read: later
		}
		if i := bytes.LastIndexByte(part, '\n'); i >= 0 {
			return end - int64(len(part)) + int64(i) + 1
		}
		end -= int64(len(part))
	}
	return from
}

// half reports a CSV record at the end of a file that has not settled and has a
// quote open: the line break it ends with may stand inside a text.
func (f *Source) half(part *io.SectionReader, from, end int64) bool {
	if f.Format != CSV || f.settled || end < part.Size() || end-from > MaxLine {
		return false
	}
	raw := make([]byte, end-from)
	n, _ := part.ReadAt(raw, from)
	return bytes.Count(raw[:n], []byte{'"'})%2 == 1
}
