package nudge

import (
	"archive/zip"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"path"
	"time"
)

// Plugin writes the WordPress plugin for a practice as a zip that can be uploaded
// under Plugins, Add New: the files of shell, which has one directory with those
// that are the same for everybody, the script, and the practice's settings. The
// same practice gives the same bytes.
func Plugin(w io.Writer, shell fs.FS, p Practice, l *List) error {
	script, err := Script(p, l)
	if err != nil {
		return err
	}
	settings, err := json.MarshalIndent(p, "", "\t")
	if err != nil {
		return fmt.Errorf("write plugin: %w", err)
	}
	z := zip.NewWriter(w)
	dir, err := copyShell(z, shell)
	for _, file := range []struct {
		name    string
		content []byte
	}{{"nudge.js", script}, {"settings.json", append(settings, '\n')}} {
		if err == nil {
			err = add(z, path.Join(dir, file.name), file.content)
		}
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		return fmt.Errorf("write plugin: %w", err)
	}
	return nil
}

// copyShell adds the files of shell and names their directory.
func copyShell(z *zip.Writer, shell fs.FS) (dir string, err error) {
	err = fs.WalkDir(shell, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := fs.ReadFile(shell, name)
		if err == nil {
			dir, err = path.Dir(name), add(z, name, content)
		}
		return err
	})
	return dir, err
}

// made is when the plugin's files were made, as far as the zip says.
var made = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

func add(z *zip.Writer, name string, content []byte) error {
	w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: made})
	if err == nil {
		_, err = w.Write(content)
	}
	return err
}
