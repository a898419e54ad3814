package store

import (
	"bufio"
	"bytes"
	"cmp"
	"compress/gzip"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/minio/sio"

	"triage/internal/bus"
)

// An archive is a first line, a salt, the mark of the key, and then, sealed
// under a key made of both: gob records, compressed. Cut or altered anywhere it
// does not open.
const (
	archiveName = "triage backup "
	archiveLine = archiveName + "1\n"
	saltSize    = 32
	markSize    = 8
)

// Part is one of the two files of a backup.
type Part string

// The parts. Texts are sealed in the data under keys that are in the other
// part only: whoever has no recent keys cannot open what was erased since.
const (
	DataPart Part = "data"
	KeysPart Part = "keys"
)

// header is the first record of an archive.
type header struct {
	Part     Part
	Practice string
	At       time.Time
}

// item is a further record: a message of the stream begun last, or the
// beginning or end of one, or the end of all.
type item struct {
	Begin string
	Msg   *bus.Message
	// End comes with the readers' positions.
	End     bool
	Readers map[string]uint64
	// Total, in the last record, is how many messages there are.
	Total int
}

// ErrNotOurs: the archive is sealed under none of the practice's keys.
var ErrNotOurs = errors.New("the backup is of another practice or was sealed under a key that the key file does not hold any more: give the right key file (key_file)")

func archiveKey(key, salt []byte) ([]byte, []byte, error) {
	both, err := hkdf.Key(sha256.New, key, salt, "triage archive", 32+markSize)
	if err != nil {
		return nil, nil, fmt.Errorf("backup: derive key: %w", err)
	}
	return both[:32], both[32:], nil
}

// archive is written to.
type archive struct {
	gob    *gob.Encoder
	closes []io.Closer
	total  int
}

func newArchive(w io.Writer, key []byte, h header) (*archive, error) {
	salt := make([]byte, saltSize)
	_, _ = rand.Read(salt) // never fails
	sealing, mark, err := archiveKey(key, salt)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(slices.Concat([]byte(archiveLine), salt, mark)); err != nil {
		return nil, fmt.Errorf("backup: %w", err)
	}
	box, err := sio.EncryptWriter(w, sio.Config{Key: sealing, MinVersion: sio.Version20})
	if err != nil {
		return nil, fmt.Errorf("backup: %w", err)
	}
	zip, err := gzip.NewWriterLevel(box, gzip.BestSpeed)
	if err != nil {
		return nil, fmt.Errorf("backup: %w", err)
	}
	a := &archive{gob: gob.NewEncoder(zip), closes: []io.Closer{zip, box}}
	return a, a.gob.Encode(h)
}

// finish writes the last record and what is still buffered. It closes box, and
// with it w if w is a closer.
func (a *archive) finish() error {
	err := a.gob.Encode(item{Total: a.total})
	for _, c := range a.closes {
		err = errors.Join(err, c.Close())
	}
	return err
}

// opened is an archive that is read.
type opened struct {
	header
	gob   *gob.Decoder
	total int
}

func openArchive(r io.Reader, keys [][]byte) (*opened, error) {
	in := bufio.NewReaderSize(r, 64<<10)
	lead := make([]byte, len(archiveLine)+saltSize+markSize)
	_, err := io.ReadFull(in, lead)
	switch {
	case err != nil || !bytes.HasPrefix(lead, []byte(archiveName)):
		return nil, errors.New("this is no backup made by triage backup, or only its beginning")
	case !bytes.HasPrefix(lead, []byte(archiveLine)):
		return nil, errors.New("this backup has a form that this release does not know: use the newest release of triage")
	}
	salt := lead[len(archiveLine):][:saltSize]
	for _, key := range keys {
		sealing, mark, err := archiveKey(key, salt)
		if err != nil {
			return nil, err
		}
		if bytes.Equal(mark, lead[len(lead)-markSize:]) {
			return openSealed(in, sealing)
		}
	}
	return nil, ErrNotOurs
}

func openSealed(in io.Reader, key []byte) (*opened, error) {
	box, err := sio.DecryptReader(in, sio.Config{Key: key, MinVersion: sio.Version20})
	if err != nil {
		return nil, damaged(err)
	}
	zip, err := gzip.NewReader(box)
	if err != nil {
		return nil, damaged(err)
	}
	o := &opened{gob: gob.NewDecoder(zip)}
	if err := o.gob.Decode(&o.header); err != nil {
		return nil, damaged(err)
	}
	return o, nil
}

func damaged(err error) error {
	return fmt.Errorf("the backup is cut short or damaged (%w): take another one", err)
}

// next returns the next record; io.EOF after the last one, if all were there.
func (o *opened) next() (item, error) {
	var it item
	err := o.gob.Decode(&it)
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return it, damaged(err)
	}
	switch {
	case it.Msg != nil:
		o.total++
	case it.Begin == "" && !it.End:
		if it.Total != o.total {
			return it, damaged(fmt.Errorf("%d of %d records", o.total, it.Total))
		}
		if err := o.gob.Decode(new(item)); !errors.Is(err, io.EOF) {
			return it, damaged(cmp.Or(err, errors.New("it goes on after its end")))
		}
		return it, io.EOF
	}
	return it, nil
}
