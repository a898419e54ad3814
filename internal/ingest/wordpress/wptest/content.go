package wptest

import (
	"net/http"
	"net/url"
	"os"
	"regexp"
	"testing"
	"time"
)

// AddUser makes a user of a role and gives the id and an application password.
func (s *Site) AddUser(tb testing.TB, login, role string) (id, password string) {
	tb.Helper()
	made := Run[[2]string](tb, s, `
		$id = wp_insert_user( array( 'user_login' => $a[0], 'user_pass' => wp_generate_password(), 'role' => $a[1], 'user_email' => $a[0] . '@example.test' ) );
		return array( "$id", WP_Application_Passwords::create_new_application_password( $id, array( 'name' => 'test' ) )[0] );`, login, role)
	return made[0], made[1]
}

// Post is something that can be commented on.
type Post struct {
	Title, Text string
	// Status is "publish" unless told; Type "post".
	Status, Type string
	// Closed: nobody may comment.
	Closed bool
}

// AddPost makes a post and gives its id.
func (s *Site) AddPost(tb testing.TB, p Post) string {
	tb.Helper()
	return Run[string](tb, s, `return strval( wp_insert_post( wp_slash( array( 'post_title' => $a[0]['Title'], 'post_content' => $a[0]['Text'],
		'post_status' => $a[0]['Status'] ?: 'publish', 'post_type' => $a[0]['Type'] ?: 'post', 'comment_status' => $a[0]['Closed'] ? 'closed' : 'open', 'post_author' => 1 ) ) ) );`, p)
}

// Comment is one as it lies in the database.
type Comment struct {
	Post, Parent  string
	Text          string // HTML
	Author, Email string
	IP, Agent     string
	Status        string // "1", which is approved and the default; "0", "spam", "trash"
	Type          string // "comment" unless told
	User          string // the id of a registered author
	Created       time.Time
}

// AddComments stores comments as they are, in this order, and gives their ids.
func (s *Site) AddComments(tb testing.TB, list ...Comment) []string {
	tb.Helper()
	for i := range list {
		if list[i].Created.IsZero() {
			list[i].Created = time.Now()
		}
		list[i].Created = list[i].Created.UTC()
	}
	return Run[[]string](tb, s, `
		$ids = array();
		foreach ( $a[0] as $c ) {
			$gmt   = gmdate( 'Y-m-d H:i:s', strtotime( $c['Created'] ) );
			$ids[] = strval( wp_insert_comment( wp_slash( array( 'comment_post_ID' => $c['Post'], 'comment_parent' => intval( $c['Parent'] ),
				'comment_content' => $c['Text'], 'comment_author' => $c['Author'], 'comment_author_email' => $c['Email'],
				'comment_author_IP' => $c['IP'], 'comment_agent' => $c['Agent'], 'comment_type' => $c['Type'] ?: 'comment',
				'comment_approved' => '' === $c['Status'] ? '1' : $c['Status'], 'user_id' => intval( $c['User'] ),
				'comment_date_gmt' => $gmt, 'comment_date' => get_date_from_gmt( $gmt ) ) ) ) );
		}
		return $ids;`, list)
}

// Stored gives a comment as it lies in the database; nil if it does not.
func (s *Site) Stored(tb testing.TB, id string) *Comment {
	tb.Helper()
	return Run[*Comment](tb, s, `
		$c = get_comment( $a[0] );
		return $c ? array( 'Post' => $c->comment_post_ID, 'Parent' => $c->comment_parent, 'Text' => $c->comment_content, 'Author' => $c->comment_author,
			'Email' => $c->comment_author_email, 'IP' => $c->comment_author_IP, 'Agent' => $c->comment_agent, 'Type' => $c->comment_type,
			'Status' => $c->comment_approved, 'User' => $c->user_id, 'Created' => mysql_to_rfc3339( $c->comment_date_gmt ) . 'Z' ) : null;`, id)
}

var madeID = regexp.MustCompile(`#comment-([0-9]+)|unapproved=([0-9]+)`)

// Write sends the comment form as a visitor does and gives the comment's id.
// WordPress filters what is written. Of c, it takes Post, Parent, Text, Author
// and Email.
func (s *Site) Write(tb testing.TB, c Comment) string {
	tb.Helper()
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.PostForm(s.URL+"/wp-comments-post.php", url.Values{"comment_post_ID": {c.Post}, "comment_parent": {c.Parent},
		"comment": {c.Text}, "author": {c.Author}, "email": {c.Email}})
	if err != nil {
		tb.Fatal(s.failed(err))
	}
	defer func() { _ = resp.Body.Close() }()
	m := madeID.FindStringSubmatch(resp.Header.Get("Location"))
	if m == nil {
		tb.Fatalf("the comment form says %s", resp.Status)
	}
	return m[1] + m[2]
}

// Do runs PHP that gives nothing back.
func (s *Site) Do(tb testing.TB, code string, args ...any) {
	tb.Helper()
	Run[any](tb, s, code, args...)
}

// Set sets an option, such as "comment_moderation", until the test ends.
func (s *Site) Set(tb testing.TB, option, value string) {
	tb.Helper()
	const set = `global $wp_rewrite; update_option( $a[0], $a[1] ); $wp_rewrite->init(); flush_rewrite_rules( false ); return null;`
	before := Run[any](tb, s, `return strval( get_option( $a[0] ) );`, option)
	s.Do(tb, set, option, value)
	tb.Cleanup(func() { s.Do(tb, set, option, before) })
}

// Plugin runs PHP in every request, like a plugin, until the test ends.
func (s *Site) Plugin(tb testing.TB, code string) {
	tb.Helper()
	s.file(tb, "site/wp-content/mu-plugins/more.php", "<?php\n"+code)
}

// Maintain puts the site into the state in which WordPress is while it updates
// itself, until the test ends. Nothing else works meanwhile.
func (s *Site) Maintain(tb testing.TB) {
	tb.Helper()
	s.file(tb, "site/.maintenance", "<?php $upgrading = time();")
}

func (s *Site) file(tb testing.TB, name, text string) {
	tb.Helper()
	if err := os.WriteFile(s.path(name), []byte(text), 0o644); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := os.Remove(s.path(name)); err != nil {
			tb.Error(err)
		}
	})
}
