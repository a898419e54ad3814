package wordpress

import (
	"net/http"
	"slices"
	"strings"

	"triage/internal/sandbox/board"
)

// Each role may do what is here, and all that those before it may.
var roles = []struct {
	name string
	may  []string
}{
	{"subscriber", []string{"read"}},
	{"contributor", []string{"edit_posts", "delete_posts"}},
	{"author", []string{"upload_files", "publish_posts", "edit_published_posts", "delete_published_posts"}},
	{"editor", []string{"moderate_comments", "manage_categories", "unfiltered_html", "edit_others_posts", "edit_private_posts", "read_private_posts",
		"delete_others_posts", "delete_private_posts", "edit_pages", "publish_pages"}},
	{"administrator", []string{"manage_options", "edit_users", "list_users", "install_plugins", "edit_theme_options"}},
}

func capabilities(role string) []string {
	var out []string
	for _, r := range roles {
		out = append(out, r.may...)
		if r.name == role {
			break
		}
	}
	return out
}

// can reports whether the caller is logged in and may do so.
func (c *call) can(capability string) bool {
	return c.in && slices.Contains(capabilities(c.on("role")), capability)
}

// user is who calls; 0: nobody.
func (c *call) user() int {
	if c.in {
		return userID
	}
	return 0
}

// authenticate logs the caller in. A wrong password makes it anonymous and is no
// error, unless something on the site asks early who calls.
func (c *call) authenticate() *failure {
	login, password, ok := c.r.BasicAuth()
	if !ok || c.on("password") == "stripped" || c.on("password") == "off" {
		return nil
	}
	err := c.login(login, password)
	c.in = err == nil
	if c.on("login") == "strict" {
		return err
	}
	return nil
}

func (c *call) login(login, password string) *failure {
	switch {
	case login == c.opt.User, strings.EqualFold(login, c.opt.Email):
	case strings.Contains(login, "@"):
		return fail(http.StatusUnauthorized, "invalid_email", "<strong>Error:</strong> Unknown email address. Check again or try your username.")
	default:
		return fail(http.StatusUnauthorized, "invalid_username", "<strong>Error:</strong> Unknown username. Check again or try your email address.")
	}
	if c.on("password") == "revoked" || bare(password) != bare(c.opt.Password) {
		return fail(http.StatusUnauthorized, "incorrect_password", "The provided password is an invalid application password.")
	}
	return nil
}

// bare is what counts of an application password: letters and digits.
func bare(password string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, password)
}

// mayEdit: a comment goes with its post, and posts with the right to edit others'.
func (c *call) mayEdit(it *board.Item) bool {
	post := it
	if it.Kind == "" {
		post = c.board.ByID[it.Post]
	}
	own := author(post) == userID && c.can("edit_published_posts")
	return c.can("moderate_comments") || c.can("edit_others_posts") || own
}

// mayReadPost takes the password into account where a request names one post.
func (c *call) mayReadPost(post *board.Item) bool {
	password := post.More[morePassword]
	switch status(post) {
	case "private":
		return c.can("read_private_posts") || author(post) == c.user()
	case "draft", trash:
		return c.mayEdit(post)
	}
	return password == "" || password == c.text("password", "") || c.mayEdit(post)
}

func (c *call) mayRead(it *board.Item) bool {
	post := c.board.ByID[it.Post]
	return c.mayReadPost(post) && status(it) == approved || c.in && (author(it) == userID || c.mayEdit(it))
}

var contextRule = rule{"context", enum("view", "embed", "edit")}

func (c *call) notLoggedIn() (result, *failure) {
	return result{}, fail(http.StatusUnauthorized, "rest_not_logged_in", "You are not currently logged in.")
}

// me is GET /users/me.
func (c *call) me() (result, *failure) {
	if err := c.check([]rule{contextRule}); err != nil {
		return result{}, err
	}
	if !c.in {
		return c.notLoggedIn()
	}
	out := object{"id": userID, "name": c.opt.Site, "url": "", "description": "", "link": c.home() + "/author/" + slug(c.opt.User) + "/",
		"slug": slug(c.opt.User), "avatar_urls": avatars(c.opt.Email), "meta": []any{},
		"_links": object{"self": link(c.rest("/wp/v2/users/2")), "collection": link(c.rest("/wp/v2/users"))}}
	if c.text("context", "view") == "edit" {
		role, may := c.on("role"), object{}
		for _, capability := range append(capabilities(role), role) {
			may[capability] = true
		}
		for k, v := range (object{"username": c.opt.User, "first_name": "", "last_name": "", "email": c.opt.Email, "locale": "en_US", "nickname": c.opt.User,
			"roles": []string{role}, "registered_date": c.first().Created.UTC().Format(column) + "+00:00", "capabilities": may, "extra_capabilities": object{role: true}}) {
			out[k] = v
		}
	}
	return ok(c.pick(out, false))
}

// introspect tells which application password was used.
func (c *call) introspect() (result, *failure) {
	switch {
	case c.on("password") == "off":
		return result{}, fail(http.StatusNotImplemented, "application_passwords_disabled", "Application passwords are not available.")
	case !c.in:
		return c.notLoggedIn()
	}
	const uuid = "5a9b0c1d-2e3f-4a5b-8c6d-7e8f90a1b2c3"
	return ok(c.pick(object{"uuid": uuid, "app_id": "", "name": "sandbox", "created": c.first().Created.UTC().Format(column),
		"last_used": c.now().Format(column), "last_ip": c.ip(),
		"_links": object{"self": link(c.rest("/wp/v2/users/2/application-passwords/" + uuid))}}, false))
}

// first is the first post: the site is as old.
func (w *WordPress) first() *board.Item {
	if post := w.board.First(w.Name()); post != nil {
		return post
	}
	return &board.Item{Created: w.now()}
}
