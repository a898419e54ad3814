<?php
// Serves the site with PHP's own server, and runs what a test asks for at an
// address of its own, behind a secret.
$path = parse_url( $_SERVER['REQUEST_URI'], PHP_URL_PATH );
if ( '/_wptest' === $path ) {
	if ( ! hash_equals( getenv( 'WPTEST_SECRET' ), $_SERVER['HTTP_X_WPTEST'] ?? '' ) ) {
		http_response_code( 404 );
		return;
	}
	$in = json_decode( file_get_contents( 'php://input' ), true );
	if ( ! empty( $in['install'] ) ) {
		define( 'WP_INSTALLING', true );
	}
	require_once __DIR__ . '/wp-load.php';
	require_once ABSPATH . 'wp-admin/includes/upgrade.php';
	$run = function ( $a ) use ( $in ) {
		global $wpdb;
		return eval( $in['code'] );
	};
	$out = $run( $in['args'] );
	header( 'Content-Type: application/json' );
	echo json_encode( $out );
	return;
}
$file = __DIR__ . $path;
if ( '/' !== $path && is_dir( $file ) && is_file( rtrim( $file, '/' ) . '/index.php' ) ) {
	$file = rtrim( $file, '/' ) . '/index.php';
}
if ( is_file( $file ) && '.php' !== substr( $file, -4 ) ) {
	return false;
}
if ( is_file( $file ) ) {
	$_SERVER['SCRIPT_NAME'] = $_SERVER['PHP_SELF'] = substr( $file, strlen( __DIR__ ) );
	chdir( dirname( $file ) );
	require $file;
	return;
}
$_SERVER['SCRIPT_NAME'] = $_SERVER['PHP_SELF'] = '/index.php';
require __DIR__ . '/index.php';
