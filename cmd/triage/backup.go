package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"triage/internal/control"
	"triage/internal/store"
)

// keysSuffix ends the name of the part of a backup that holds the keys of texts.
const keysSuffix = ".keys"

func backupCommand() *cobra.Command {
	var o order
	cmd := &cobra.Command{
		Use:   "backup FILE",
		Short: "Back up everything, while the service runs",
		Long: `Writes two files: FILE with everything that is kept, and FILE.keys with the keys
under which texts are sealed and the marks of what was erased. Both are encrypted
under the practice's key file, which is in neither.

Keep FILE as long as you like. Keep FILE.keys apart from it and for few days only,
deleting the older ones: with them goes what can still open a text that was erased
meanwhile. To restore, an old FILE and the newest FILE.keys are enough.

Neither is complete under its name before it is whole, and what is there under the
name is only replaced then.`,
		Example: `  triage backup /backup/triage-$(date +%F) --config /etc/triage/config.toml`,
		Args:    oneArg("FILE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return o.give(cmd, func(ctx context.Context, c *control.Client) error {
				for _, part := range []struct {
					path string
					part store.Part
				}{{args[0], store.DataPart}, {args[0] + keysSuffix, store.KeysPart}} {
					if err := fetchFile(ctx, cmd, c, part.path, "/backup/"+string(part.part)); err != nil {
						return err
					}
				}
				return nil
			})
		},
	}
	o.flags(cmd)
	return cmd
}

// fetchFile writes an answer of the service to a file only its owner can read,
// complete or not at all.
func fetchFile(ctx context.Context, cmd *cobra.Command, c *control.Client, path, from string) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".part-*")
	if err != nil {
		return fmt.Errorf("write %s: %w: name a file in a directory that you can write to", path, err)
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name())
		}
	}()
	show := newProgress(cmd.ErrOrStderr())
	meter := &meter{w: f, say: func(n int64) { show.say("%s: %d MB", path, n>>20) }}
	err = c.Fetch(ctx, from, meter)
	show.clear()
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s: %d bytes\n", path, meter.n)
	return err
}

// meter says how much was written, after each megabyte.
type meter struct {
	w   io.Writer
	n   int64
	say func(int64)
}

// Write implements io.Writer.
func (m *meter) Write(p []byte) (int, error) {
	n, err := m.w.Write(p)
	if before := m.n; (before+int64(n))>>20 > before>>20 {
		m.say(before + int64(n))
	}
	m.n += int64(n)
	return n, err
}

// oneArg wants exactly one argument of this name.
func oneArg(name string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) != 1 {
			return fmt.Errorf("%w: %s takes one %s", errUsage, cmd.CommandPath(), name)
		}
		return nil
	}
}
