"""Price rules of contracts: paths over years, bills by article, rights and steps."""
