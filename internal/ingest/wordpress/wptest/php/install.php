// Installs WordPress as a practice would have it, and gives the editor's account.
wp_install( 'Test practice', 'owner', 'owner@example.test', true, '', wp_generate_password() );
update_option( 'permalink_structure', '/%postname%/' );
update_option( 'show_avatars', '' ); // they come from elsewhere
update_option( 'comment_moderation', '0' );
update_option( 'comment_previously_approved', '0' );
foreach ( get_comments() as $c ) {
	wp_delete_comment( $c, true );
}
$id       = wp_insert_user( array( 'user_login' => 'desk', 'user_pass' => wp_generate_password(), 'role' => 'editor', 'user_email' => 'desk@example.test', 'display_name' => 'The practice' ) );
$password = WP_Application_Passwords::create_new_application_password( $id, array( 'name' => 'test' ) )[0];
return array( 'version' => get_bloginfo( 'version' ), 'user' => 'desk', 'id' => "$id", 'password' => $password );
