package audit

import "errors"

// What is wrong with a log, as people read it on the desk and in alerts.
var (
	// ErrBroken says that a record does not verify: another key, or altered bytes.
	ErrBroken = errors.New("a record of the audit log does not fit its key: put the right key back, or run triage audit verify")
	// ErrOutside: nobody outside could see it if the log were replaced now.
	ErrOutside = errors.New("no checkpoint of the audit log could be written outside: see that the file at audit.checkpoints can be written")
	// ErrCut: the log is not the one that a checkpoint vouches for.
	ErrCut = errors.New("records of the audit log that a checkpoint vouches for are gone or changed: run triage audit verify")
)

// Trouble says what a person should look at: that nobody outside vouches for
// the log at present; that it is not the one it was, though recording goes on;
// or, with ErrBroken, that its last record does not verify and nothing is
// recorded. The last two stay said until the process ends.
func (l *Log) Trouble() error {
	l.vouched.mu.Lock()
	defer l.vouched.mu.Unlock()
	return errors.Join(l.vouched.broken, l.vouched.cut, l.vouched.outside)
}
