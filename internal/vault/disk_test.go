package vault

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"go.uber.org/zap"

	"triage/internal/bus"
)

// blobs is a Store on the disk.
type blobs struct{ *bus.Blobs }

func (s blobs) Create(ctx context.Context, texts []Text) ([]int, error) {
	out := make([]bus.Blob, len(texts))
	for i, t := range texts {
		out[i] = bus.Blob{Key: t.Name, Data: t.Body}
	}
	return s.Blobs.Create(ctx, out)
}

func (s blobs) Get(ctx context.Context, name string) ([]byte, error) {
	b, err := s.Blobs.Get(ctx, name)
	if errors.Is(err, bus.ErrNotFound) {
		return nil, ErrNone
	}
	return b, err
}

// disk is two stores on the disk, which the engine does not encrypt: what is
// sealed is sealed by the vault.
type disk struct {
	dir         string
	bus         *bus.Bus
	texts, keys blobs
}

func openDisk(t *testing.T, dir string) *disk {
	t.Helper()
	d := &disk{dir: dir}
	var err error
	if d.bus, err = bus.Start(t.Context(), bus.Options{Dir: dir, Log: zap.NewNop()}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.bus.Close() })
	for name, s := range map[string]*blobs{"texts": &d.texts, "keys": &d.keys} {
		if s.Blobs, err = bus.NewBlobs(t.Context(), d.bus, name); err != nil {
			t.Fatal(err)
		}
	}
	return d
}

func (d *disk) vault(t *testing.T) *Vault {
	t.Helper()
	v, err := New(Options{Texts: d.texts, Keys: d.keys, Ring: ring(1)})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// times counts the bytes in all files.
func (d *disk) times(t *testing.T, what []byte) (n int) {
	t.Helper()
	err := filepath.WalkDir(d.dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		data, err := os.ReadFile(path)
		n += bytes.Count(data, what)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// stored returns the sealed text and the wrapped key of each name.
func (d *disk) stored(t *testing.T, texts []Text) (boxes [][]byte) {
	t.Helper()
	for _, x := range texts {
		for _, s := range []blobs{d.texts, d.keys} {
			box, err := s.Get(t.Context(), x.Name)
			if err != nil {
				t.Fatal(err)
			}
			boxes = append(boxes, box)
		}
	}
	return boxes
}

var planted = []byte("CANARY the lump on my neck")

func plantedTexts() (texts []Text) {
	for i := range 60 {
		texts = append(texts, Text{fmt.Sprintf("c%d.v%d", i/3, i%3), fmt.Appendf(bytes.Clone(planted), " %d", i)})
	}
	return texts
}

// The control: without a vault the scan finds the texts.
func TestScanSeesWhatIsNotSealed(t *testing.T) {
	d, texts := openDisk(t, t.TempDir()), plantedTexts()
	if _, err := d.texts.Create(t.Context(), texts); err != nil {
		t.Fatal(err)
	}
	if n := d.times(t, planted); n < len(texts) {
		t.Fatalf("%d of %d planted texts were found: the scan is blind", n, len(texts))
	}
}

func TestNothingIsLeftOnTheDisk(t *testing.T) {
	dir, texts := t.TempDir(), plantedTexts()
	d := openDisk(t, dir)
	v := d.vault(t)
	inPlain := func(when string) {
		t.Helper()
		if n := d.times(t, planted); n != 0 {
			t.Fatalf("%s: a text is on the disk in plain %d times", when, n)
		}
	}
	left := func(boxes [][]byte) (n int) {
		for _, box := range boxes {
			n += min(1, d.times(t, box[1:])) // the first byte is only the format
		}
		return n
	}
	keep(t, v, texts...)
	keep(t, v, texts...)
	inPlain("kept")
	gone, stay := d.stored(t, texts[:45]), d.stored(t, texts[45:])
	if n := left(gone) + left(stay); n != 2*len(texts) {
		t.Fatalf("%d of %d sealed texts and keys were found: the scan is blind", n, 2*len(texts))
	}
	for _, x := range texts[:30] {
		if err := v.Erase(t.Context(), x.Name); err != nil {
			t.Fatal(err)
		}
	}
	for i := 10; i < 15; i++ {
		if err := v.EraseAll(t.Context(), fmt.Sprint("c", i)); err != nil {
			t.Fatal(err)
		}
	}
	for _, when := range []string{"erased", "stopped", "started again"} {
		switch when {
		case "stopped":
			if err := d.bus.Close(); err != nil {
				t.Fatal(err)
			}
		case "started again":
			d = openDisk(t, dir)
			v = d.vault(t)
		}
		inPlain(when)
		if n := left(gone); n != 0 {
			t.Fatalf("%s: %d sealed texts and keys are left of what was erased", when, n)
		}
		if n := left(stay); n != 2*15 {
			t.Fatalf("%s: %d of 30 sealed texts and keys are there of what was not erased", when, n)
		}
	}
	refuses(t, v, texts[0].Name, ErrNone)
	refuses(t, v, texts[44].Name, ErrNone)
	for _, x := range texts[45:] {
		opens(t, v, x.Name, string(x.Body))
	}
}
