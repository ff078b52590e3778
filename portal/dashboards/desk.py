def desk_page(user, *, now): return {}
