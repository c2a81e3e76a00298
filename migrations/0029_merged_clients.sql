-- Who a client is to the books: a payment or a picture names the card that it was made for, and a card may since have been
-- merged into another. Nothing edits the payment; whoever asks about the one who stayed is answered about all of them.

CREATE INDEX clients_merged ON clients (tenant_id, (plain_json(row) ->> 'mergedInto')) WHERE deleted;

-- The client and those who were merged into her, and into them. `UNION` ends a circle.
CREATE FUNCTION same_clients(tenant uuid, client uuid) RETURNS TABLE (id uuid)
    LANGUAGE sql STABLE PARALLEL SAFE AS $$
    WITH RECURSIVE same (id) AS (
        SELECT client
        UNION
        SELECT clients.id
        FROM same
        JOIN clients ON clients.tenant_id = tenant
                    AND clients.deleted
                    AND plain_json(clients.row) ->> 'mergedInto' = same.id::text
    )
    SELECT same.id FROM same
$$;
GRANT EXECUTE ON FUNCTION same_clients(uuid, uuid) TO veloria_app;
