package wptest

import (
	"crypto/rand"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"time"
)

//go:embed php
var ours embed.FS

// parts are where things are on this machine.
type parts struct{ php, mariadbd, tree string }

// find looks for what a site is made of.
func find() (p parts, err error) {
	if p.php, err = exec.LookPath("php"); err != nil {
		return p, errors.New("php is missing: run .ci/deps as root")
	}
	if err := exec.Command(p.php, "-r", "exit(extension_loaded('mysqli') && extension_loaded('mbstring') ? 0 : 1);").Run(); err != nil {
		return p, errors.New("php lacks mysqli or mbstring: run .ci/deps as root")
	}
	// Where Debian puts it is not in everybody's PATH.
	p.mariadbd = "/usr/sbin/mariadbd"
	if found, err := exec.LookPath("mariadbd"); err == nil {
		p.mariadbd = found
	}
	if _, err := os.Stat(p.mariadbd); err != nil {
		return p, errors.New("mariadbd is missing: run .ci/deps as root")
	}
	_, here, _, _ := runtime.Caller(0)
	for _, p.tree = range []string{"/usr/share/wordpress", filepath.Join(filepath.Dir(here), "../../../../.cache/wordpress/usr/share/wordpress")} {
		if _, err := os.Stat(filepath.Join(p.tree, "wp-settings.php")); err == nil {
			return p, nil
		}
	}
	return p, errors.New("WordPress is missing: run .ci/deps as root")
}

// start starts a site, or nothing.
func start() (s *Site, err error) {
	p, err := find()
	if err != nil {
		return nil, err
	}
	s = &Site{secret: rand.Text()}
	// The socket below it may have 107 characters: a test's own directory can be
	// too long.
	if s.dir, err = os.MkdirTemp("", "wp"); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			s.stop()
			s, err = nil, fmt.Errorf("start WordPress: %w", err)
		}
	}()
	if err := s.lay(p.tree); err != nil {
		return nil, err
	}
	if err := s.database(p.mariadbd); err != nil {
		return nil, err
	}
	if err := s.serve(p.php); err != nil {
		return nil, err
	}
	return s, s.install()
}

func (s *Site) stop() {
	for _, server := range s.servers {
		end(server)
		_ = server.Wait()
	}
	_ = os.RemoveAll(s.dir)
}

func (s *Site) path(name string) string { return filepath.Join(s.dir, name) }

// lay puts WordPress' files and ours in their places.
func (s *Site) lay(tree string) error {
	if err := os.CopyFS(s.path("site"), os.DirFS(tree)); err != nil {
		return err
	}
	content := s.path("site/wp-content")
	for _, dir := range []string{s.path("db/wp"), content + "/mu-plugins", content + "/themes/plain"} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return err
		}
	}
	for from, to := range map[string]string{
		"wp-config.php": s.path("site/wp-config.php"), "router.php": s.path("site/router.php"),
		"plugin.php": content + "/mu-plugins/wptest.php", "theme/style.css": content + "/themes/plain/style.css",
		"theme/index.php": content + "/themes/plain/index.php", "theme/comments.php": content + "/themes/plain/comments.php",
	} {
		raw, err := ours.ReadFile("php/" + from)
		if err == nil {
			err = os.WriteFile(to, raw, 0o644)
		}
		if err != nil {
			return err
		}
	}
	return filepath.WalkDir(s.dir, func(path string, _ fs.DirEntry, err error) error {
		return errors.Join(err, giveAway(path))
	})
}

// launch starts a server, whose words go to a log below the site's directory.
func (s *Site) launch(name string, cmd *exec.Cmd) error {
	log, err := os.Create(s.path(name + ".log"))
	if err != nil {
		return err
	}
	defer func() { _ = log.Close() }()
	cmd.Stdout, cmd.Stderr, cmd.Dir = log, log, s.dir
	apart(cmd)
	if err := cmd.Start(); err != nil {
		return err
	}
	s.servers = append(s.servers, cmd)
	return nil
}

// database starts a MariaDB on a socket. It asks nobody who they are, so it
// needs no tables of its own and is ready at once. A database is a directory.
func (s *Site) database(mariadbd string) error {
	socket := s.path("db/s")
	err := s.launch("db", exec.Command(mariadbd, "--no-defaults", "--datadir="+s.path("db"), "--socket="+socket,
		"--pid-file="+s.path("db/pid"), "--skip-networking", "--skip-grant-tables", "--skip-log-bin",
		"--character-set-server=utf8mb4", "--innodb-buffer-pool-size=32M", "--innodb-log-file-size=8M",
		"--innodb-flush-log-at-trx-commit=0", "--innodb-use-native-aio=0", "--performance-schema=off"))
	if err != nil {
		return err
	}
	return s.until(func() bool {
		c, err := net.Dial("unix", socket)
		if err == nil {
			_ = c.Close()
		}
		return err == nil
	})
}

// serve starts PHP on a free port.
func (s *Site) serve(php string) error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	addr := l.Addr().String()
	if err := l.Close(); err != nil {
		return err
	}
	s.URL = "http://" + addr
	cmd := exec.Command(php, "-d", "opcache.enable_cli=1", "-d", "opcache.revalidate_freq=0", "-d", "display_errors=0",
		"-d", "log_errors=1", "-d", "error_log="+s.path("php-errors.log"), "-d", "memory_limit=256M",
		"-S", addr, "-t", s.path("site"), s.path("site/router.php"))
	cmd.Env = append(os.Environ(), "WPTEST_SOCKET="+s.path("db/s"), "WPTEST_SECRET="+s.secret)
	if err := s.launch("php", cmd); err != nil {
		return err
	}
	return s.until(func() bool {
		resp, err := http.Get(s.URL + "/readme.html")
		if err == nil {
			_ = resp.Body.Close()
		}
		return err == nil && resp.StatusCode == http.StatusOK
	})
}

// until waits for something that a server that starts will do.
func (s *Site) until(ready func() bool) error {
	for range 600 {
		if ready() {
			return nil
		}
		time.Sleep(50 * time.Millisecond)
	}
	return s.failed(errors.New("it does not answer"))
}

// failed adds what the servers said last.
func (s *Site) failed(err error) error {
	for _, name := range []string{"db.log", "php.log", "php-errors.log"} {
		raw, _ := os.ReadFile(s.path(name))
		err = fmt.Errorf("%w\n%s: %s", err, name, raw[max(0, len(raw)-2000):])
	}
	return err
}

// install makes a site with an editor.
func (s *Site) install() error {
	code, err := ours.ReadFile("php/install.php")
	if err != nil {
		return err
	}
	raw, err := s.run(call{Code: string(code), Install: true})
	if err != nil {
		return err
	}
	var made struct{ Version, User, ID, Password string }
	if err := json.Unmarshal(raw, &made); err != nil {
		return s.failed(fmt.Errorf("install: %s", raw))
	}
	s.Version, s.User, s.UserID, s.Password = made.Version, made.User, made.ID, made.Password
	return nil
}
